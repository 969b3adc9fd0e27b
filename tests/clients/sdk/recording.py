"""Records what a client sends."""

import re

ID = re.compile(r"\b[0-9a-f]{24}\b")


def normal(line):
    """The line with its query parameters in alphabetical order."""
    path, mark, query = line.partition("?")
    return path + mark + "&".join(sorted(query.split("&")))


class Recording:
    """The requests of a client while the block runs; known ids show as their names, others as `{id}`."""

    def __init__(self, client, names):
        self.lines = []
        self._names = names
        self._rest = client.api_client.rest_client
        self._send = self._rest.request

    def __enter__(self):
        self._rest.request = self._record
        return self.lines

    def __exit__(self, *_):
        del self._rest.request

    def _record(self, method, url, query_params=None, **keywords):
        query = "&".join(f"{key}={self._shown(value)}" for key, value in query_params or [])
        self.lines.append(
            normal(f"{method} {self._shown(url.partition('/api')[2])}" + f"?{query}" * bool(query))
        )
        return self._send(method, url, query_params=query_params, **keywords)

    def _shown(self, value):
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        for name, identity in self._names.items():
            shown = shown.replace(identity, f"{{{name}}}")
        return ID.sub("{id}", shown)
