"""Conditions on many terms: the SQL looks each of them up, in few scans."""

from __future__ import annotations

import re

import pytest

from treadle.server.search.query.condition import has_terms


@pytest.mark.parametrize(
    ("terms", "scans"), [(1, 1), (8, 1), (9, 2), (88, 11), (256, 32), (257, 29), (20_000, 32)]
)
def test_every_term_is_in_one_of_a_few_scans(terms: int, scans: int) -> None:
    condition = has_terms("r", range(terms), 0.1)
    lists = re.findall(r"'\{(.*?)\}'", condition.gin)
    assert sorted(int(term) for one in lists for term in one.split(",")) == list(range(terms))
    assert len(lists) == scans
