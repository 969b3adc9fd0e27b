"""What a run may use: sizes, times, and who is asked first."""

import pytest

from treadle.gears.resources import Resources, granted, seconds, size


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8G", 8 << 30),
        ("512 MiB", 512 << 20),
        ("1.5g", 3 << 29),
        ("2GB", 2 << 30),
        (4096, 4096),
        ("lots", None),
        ("-1G", None),
        (None, None),
    ],
)
def test_sizes(text, found):
    assert size(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("4h", 14400), ("1h30m", 5400), ("90s", 90), ("1d", 86400), (60, 60), ("", None), ("soon", None)],
)
def test_times(text, found):
    assert seconds(text) == found


def test_a_tag_beats_the_config_which_beats_the_manifest_which_beats_the_site():
    manifest = {"custom": {"treadle": {"resources": {"cpu": 2, "memory": "2G", "time": "1h", "gpu": 1}}}}
    asked = granted(
        manifest,
        {"scheduler_ram": 6, "scheduler_cpu": "3"},
        ["hpc", "ram=12G", "gpu", "color=red"],
        site=Resources(cpu=8, disk=1 << 30),
    )
    assert asked == Resources(cpu=3, memory=12 << 30, disk=1 << 30, gpu=1, time=3600)


def test_what_cannot_be_read_is_left_as_it_was():
    assert granted({"custom": "odd"}, {}, ["cpu=many", "cpu=-1", "ram=", "gpu=x"]) == Resources()
