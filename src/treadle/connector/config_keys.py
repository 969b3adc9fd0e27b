"""Every key of the connector's YAML file, said once: the reader checks against it, the reference page is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text",
    "texts",
    "tag",
    "tags",
    "opt_tag",
    "hours",
    "flag",
    "number",
    "count",
    "port",
    "duration",
    "size",
    "choice",
    "choices",
    "zone",
]


@dataclass(frozen=True)
class Key:
    """What may stand at a key; `default` is written as in the file, `may_be_null` lets null mean "not set"."""

    kind: Kind
    help: str
    default: object = None
    choices: tuple[str, ...] = ()
    may_be_null: bool = False


_ROUTING = {
    "field": Key("tag", "Tag with the routing string.", "PatientID"),
    "fields": Key("tags", "Several tags: the first that holds a readable string wins.", []),
    "forms": Key("choices", "Accepted ways of writing.", ["uri", "legacy"], ("uri", "legacy")),
    "require_prefix": Key("flag", "Whether `fw://` is needed; else `group/project` is enough.", True),
    "third_segment": Key("choice", "What `c` is in `fw://a/b/c`.", "auto", ("auto", "subject", "session")),
    "create_projects": Key("flag", "Whether an unknown project is made instead of *Unsorted*.", False),
    "session_match": Key(
        "choice",
        "`uid_then_label`: a study joins the session of the label in its string.",
        "uid",
        ("uid", "uid_then_label"),
    ),
    "auto_reroute": Key("flag", "Whether a corrected string moves a study out of *Unsorted*.", True),
    "patterns": Key("texts", "Rules `template=pattern` that replace the grammar.", []),
}
_MAPPING = {
    "session_label_key": Key("tag", "Tag of the session label, after the routing string.", "StudyDescription"),
    "subject_key": Key("tag", "Tag of the subject label.", may_be_null=True),
    "subject_key_wins": Key("flag", "Whether that tag goes before the routing string.", False),
    "acquisition_label": Key(
        "choice", "Of SeriesDescription, or with the number before it.", "description",
        ("description", "number_description"),
    ),
    "acquisition_time": Key(
        "choice", "`acquisition_first`: AcquisitionDateTime before all others.", "documented",
        ("documented", "acquisition_first"),
    ),
    "split_by_acquisition_number": Key(
        "choice", "One acquisition per AcquisitionNumber.", "auto", ("auto", "always", "never")
    ),
    "acquisition_number_exclude": Key("texts", "Makers whose numbers are not looked at.", ["SIEMENS"]),
    "decrement_captures": Key("flag", "Whether screen saves join the series before them.", True),
    "timezone_offset_tag": Key("choice", "TimezoneOffsetFromUTC.", "use", ("use", "ignore")),
    "uid_timestamps": Key("flag", "Whether digits inside UIDs may give a missing time.", False),
}  # fmt: skip
_OPT = {
    "mode": Key(
        "choice", "`in`: only with a hit; `out`: unless there is one.", "all", ("all", "in", "out")
    ),
    "field": Key("opt_tag", "Tag to look at; `routing`: the routing string.", "AccessionNumber"),
    "string": Key("text", "What to look for, in any case.", ""),
    "match": Key(
        "choice", "How; `valid` goes with `field: routing`.", "contains",
        ("contains", "word", "equals", "regex", "valid"),
    ),
}  # fmt: skip
_COMMITMENT = {
    "host": Key("text", "Where the device waits for the report."),
    "port": Key("port", "Its port."),
    "ae_title": Key("text", "Its title there, if not the one it sends with.", may_be_null=True),
    "tls": Key("flag", "Whether it wants TLS, with the certificate of `listen.tls`.", False),
    "commit_when": Key(
        "choice", "An instance counts once it is on the server, or in the spool.", "uploaded",
        ("uploaded", "spooled"),
    ),
    "commit_timeout": Key("duration", "Then what is missing is reported as missing.", "24h"),
}  # fmt: skip
_PULL = {
    "poll_interval": Key("duration", "How often it is asked.", "60s"),
    "query_mode": Key(
        "choice", "Studies, then their series; or all series at once.", "hierarchical",
        ("hierarchical", "relational"),
    ),
    "lookback_days": Key("count", "Studies of so many days are asked for.", 3),
    "stable_polls": Key("number", "Polls without a change after which a series is complete.", 1),
    "retrieve": Key("choice", "C-MOVE to us, or C-GET.", "move", ("move", "get")),
    "grace": Key("duration", "When a series that vanished is forgotten.", "24h"),
    "max_failures": Key("number", "Retrievals that may fail before a series is abandoned.", 10),
    "initial": Key("choice", "What to do with series there at the first start.", "upload", ("upload", "ignore")),
    "trust_query": Key("flag", "With `opt.mode: in`: do not retrieve what the answer does not opt in.", False),
    "recheck": Key("flag", "Whether instances are fetched again to see corrections.", False),
    "recheck_interval": Key("duration", "How often.", "15m"),
    "recheck_for": Key("duration", "For how long.", "24h"),
    "working_hours": Key("hours", "For instance `20:00-06:00`: outside them it is left alone.", may_be_null=True),
}  # fmt: skip
_PULL_TLS = {
    "ca": Key("text", "Who signed its certificate (PEM): without this section it is asked without TLS."),
    "cert": Key("text", "The certificate we show it, with its chain (PEM).", may_be_null=True),
    "key": Key("text", "Its private key (PEM).", may_be_null=True),
    "server_name": Key(
        "text", "Name its certificate must bear; else any from that authority.", may_be_null=True
    ),
}
_DEID = {
    "required": Key("flag", "Whether series wait in the spool as long as no profile applies to them.", False),
    "profile": Key(
        "text",
        "A preset (`minimal`, `ps315-basic`, `research`) or a file; applies where the server has no profile.",
        may_be_null=True,
    ),
}
_DEVICE = {
    "id": Key("text", "Name of the device here and in the worklist: letters, digits, `-`, `_`."),
    "mode": Key("choice", "It sends to us, we ask it, or both.", "push", ("push", "pull", "both")),
    "ae_title": Key("text", "Its AE title, compared as written.", may_be_null=True),
    "host": Key("text", "Where to ask it (pull)."),
    "port": Key("port", "Its port there.", 104),
    "allow_from": Key("texts", "Networks it may come from, for instance `10.0.1.30/32`; empty: any.", []),
    "timezone": Key("zone", "Zone of its clock (IANA name, or `local`).", "UTC"),
}

SECTIONS: dict[str, dict[str, Key]] = {
    "server": {
        "url": Key("text", "Address of the server."),
        "api_key": Key("text", "Key of this connector's device on the server."),
        "ca_file": Key("text", "Certificates to trust, if not the system's.", may_be_null=True),
        "parallel_uploads": Key("number", "Series sent at the same time.", 2),
    },
    "spool": {
        "path": Key("text", "Folder for everything this connector keeps."),
        "min_free": Key("size", "Free disk below which nothing more is received.", "10GiB"),
        "keep_uploaded": Key("duration", "How long files stay after the server has them.", "24h"),
        "keep_skipped": Key("duration", "How long files stay that are not uploaded.", "0s"),
        "keep_reports": Key("duration", "How long reports of de-identification stay.", "90d"),
    },
    "listen": {
        "ae_title": Key("text", "Our AE title.", "TREADLE"),
        "max_associations": Key("number", "Associations open at the same time.", 20),
        "receivers": Key("number", "Receiver processes; by default one per core, at least two.", may_be_null=True),
    },
    "listen.plain": {
        "host": Key("text", "Address to listen on.", "0.0.0.0"),  # noqa: S104 - scanners are elsewhere
        "port": Key("port", "Port without TLS.", 11112),
    },
    "listen.tls": {
        "host": Key("text", "Address to listen on.", "0.0.0.0"),  # noqa: S104
        "port": Key("port", "Port with TLS 1.2 or later.", 2762),
        "cert": Key("text", "Our certificate with its chain (PEM)."),
        "key": Key("text", "Its private key (PEM)."),
        "ca": Key("text", "Who signs the certificates of senders (PEM).", may_be_null=True),
        "client_auth": Key(
            "choice", "Whether senders show a certificate.", "required", ("required", "optional", "none")
        ),
    },
    "devices": _DEVICE,
    "devices.push": {
        "tls": Key("choice", "`required`: refused on the plain port.", "optional", ("optional", "required")),
        "series_quiet": Key("duration", "A series is complete after so long without an instance.", "60s"),
        "series_max_wait": Key("duration", "And so long after its first one at the latest.", "6h"),
    },
    "devices.push.storage_commitment": _COMMITMENT,
    "devices.pull": _PULL,
    "devices.pull.tls": _PULL_TLS,
    "devices.routing": _ROUTING,
    "devices.routing.defaults": {
        "group": Key("text", "Group when the string names none.", may_be_null=True),
        "project": Key("text", "Project when the string names none.", may_be_null=True),
    },
    "devices.mapping": _MAPPING,
    "devices.opt": _OPT,
    "devices.deid": _DEID,
    "logging": {
        "level": Key("choice", "Least level written.", "info", ("debug", "info", "warning", "error")),
        "file": Key("text", "Where to, if not standard error.", may_be_null=True),
        "json": Key("flag", "One JSON object per line, else text.", True),
    },
    "metrics": {
        "host": Key("text", "Address of `/metrics` (Prometheus).", "127.0.0.1"),
        "port": Key("port", "Its port; without this section there is none.", 9311),
    },
}  # fmt: skip


def children(section: str) -> list[str]:
    """Names of the sections directly inside one; of the file itself for an empty name."""
    inside = [path for path in SECTIONS if path.rpartition(".")[0] == section]
    return [path.rpartition(".")[2] for path in inside]
