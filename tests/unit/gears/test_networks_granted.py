"""Which network a run gets: what its manifest asks for, as far as the site allows it."""

import pytest

from treadle.gears.network import network, wanted

SILENT = {"inputs": {}}
KEY = {"inputs": {"key": {"base": "api-key"}}}
NETWORKING = {"inputs": {}, "capabilities": ["networking"]}


def said(word):
    return {**KEY, "custom": {"treadle": {"network": word}}}


@pytest.mark.parametrize(
    ("manifest", "asked", "by_none", "by_api", "by_full"),
    [
        (SILENT, "none", "none", "none", "full"),
        (KEY, "api", "none", "api", "full"),
        (NETWORKING, "full", "none", "api", "full"),
        (said("none"), "none", "none", "none", "none"),
        (said("api"), "api", "none", "api", "api"),
        (said("full"), "full", "none", "api", "full"),
        (said("wide"), "api", "none", "api", "full"),
        (said(["full"]), "api", "none", "api", "full"),
        ({**SILENT, "custom": {"treadle": 5}}, "none", "none", "none", "full"),
    ],
)
def test_a_gear_gets_what_it_asks_for_as_far_as_that_is_allowed(manifest, asked, by_none, by_api, by_full):
    assert wanted(manifest) == asked
    assert [network(manifest, level) for level in ("none", "api", "full")] == [by_none, by_api, by_full]
