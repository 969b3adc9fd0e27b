"""The golden vectors of the connector, each section against the real functions."""

import json
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from treadle.dicom.config import MappingConfig, RoutingConfig
from treadle.dicom.identity import InstanceFacts, split_series
from treadle.dicom.mapping import map_instance
from treadle.dicom.optin import OptConfig, decide
from treadle.dicom.routing import parse_routing, read_routing
from treadle.dicom.target import choose_target

VECTORS = Path(__file__).parents[4] / "shared" / "data" / "connector_vectors.json"


def cases(section: str) -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="connector_vectors.json is absent"))]
    return [pytest.param(case, id=case["id"]) for case in json.loads(VECTORS.read_text("utf-8"))[section]]


def header(values: dict[str, Any]) -> Dataset:
    """Data set with the values as they stand on the wire, however wrong they are."""
    ds = Dataset()
    for keyword, value in {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "4.5.6", **values}.items():
        tag = Tag(tag_for_keyword(keyword))
        text = "\\".join(value) if isinstance(value, list) else str(value)
        vr = dictionary_VR(tag)
        ds[tag] = RawDataElement(tag, vr, len(text.encode()), text.encode(), 0, vr == "??", True)
    ds.SpecificCharacterSet = "ISO_IR 192"
    return ds


def mapped(values: dict[str, Any], config: dict[str, Any]) -> dict[str, object]:
    ds = header(values)
    mapping = MappingConfig.from_flat(config)
    return map_instance(ds, mapping, route=read_routing(ds, mapping.routing)).flat()


def comparable(name: str, value: object) -> object:
    return datetime.fromisoformat(str(value)) if name.endswith(".timestamp") and value else value


@pytest.mark.parametrize("case", cases("routing"))
def test_a_routing_string_is_read_as_documented(case: dict[str, Any]) -> None:
    route = parse_routing(case["raw"], RoutingConfig.from_flat(case.get("config", {})))
    found = {name: getattr(route, name) for name in case["expect"]}
    assert found | {"flags": list(route.flags)} == case["expect"]


@pytest.mark.parametrize("case", cases("opt"))
def test_an_opt_rule_decides_as_documented(case: dict[str, Any]) -> None:
    config = OptConfig(mode=case["mode"], match=case["match"], string=case["string"])
    assert decide(case["value"], config) == case["expect"]


@pytest.mark.parametrize("case", cases("split"))
def test_a_series_is_split_as_documented(case: dict[str, Any]) -> None:
    instances = [
        InstanceFacts(
            sop_uid=f"1.{at}",
            series_uid="4.5.6",
            manufacturer=case["manufacturer"],
            acquisition_number=number,
        )
        for at, number in enumerate(case["acquisition_numbers"])
    ]
    buckets = split_series(instances, MappingConfig.from_flat(case.get("config", {})))
    assert {uid: len(members) for uid, members in buckets.items()} == case["expect"]


@pytest.mark.parametrize("case", cases("person_name"))
def test_a_person_name_is_split_as_documented(case: dict[str, Any]) -> None:
    found = mapped({} if case["raw"] is None else {"PatientName": case["raw"]}, {})
    assert {name: found[name] for name in case["expect"]} == case["expect"]


SECTIONS = ("acquisition_uid", "timestamps", "demographics", "header")


@pytest.mark.parametrize("case", [case for section in SECTIONS for case in cases(section)])
def test_a_header_is_mapped_as_documented(case: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = mapped(case["header"], case.get("config", {}))
    wanted = {name: comparable(name, value) for name, value in case["expect"].items()}
    assert {name: comparable(name, found[name]) for name in wanted} == wanted


@pytest.mark.parametrize("case", cases("placement"))
def test_a_route_leads_where_documented(case: dict[str, Any]) -> None:
    config = RoutingConfig.from_flat(case.get("config", {}))
    target = choose_target(
        parse_routing(case["raw"], config), case["world"], create_projects=config.create_projects
    )
    assert {name: getattr(target, name) for name in case["expect"]} == case["expect"]
