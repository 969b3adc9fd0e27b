"""The golden vectors and the real series through `treadle connector import --dry-run --json`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from dicom_bytes import instance
from import_kit import SHARED, VECTORS, config_file, dry_run

ONE_HEADER = ("acquisition_uid", "timestamps", "demographics", "header")


def cases(*sections: str) -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="connector_vectors.json is absent"))]
    vectors = json.loads(VECTORS.read_text("utf-8"))
    return [pytest.param(case, id=case["id"]) for section in sections for case in vectors[section]]


def one_series(tmp_path: Path, values: dict[str, Any], **options: Any) -> dict[str, Any]:
    instance(tmp_path / "in" / "a.dcm", values)
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, **options))
    return document


def comparable(name: str, value: object) -> object:
    return datetime.fromisoformat(str(value)) if name.endswith(".timestamp") and value else value


def same(found: dict[str, Any], expect: dict[str, Any]) -> None:
    wanted = {name: comparable(name, value) for name, value in expect.items()}
    assert {name: comparable(name, found[name]) for name in wanted} == wanted


@pytest.mark.parametrize("case", cases("routing"))
def test_a_routing_string_is_read_as_documented(case: dict[str, Any], tmp_path: Path) -> None:
    found = one_series(tmp_path, {"PatientID": case["raw"]}, flat=case.get("config"))
    assert {name: found["routing"][name] for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", cases("person_name"))
def test_a_person_name_is_split_as_documented(case: dict[str, Any], tmp_path: Path) -> None:
    found = one_series(tmp_path, {"PatientName": case["raw"]})
    same(found["files"][0], case["expect"])


@pytest.mark.parametrize("case", cases(*ONE_HEADER))
def test_a_header_is_mapped_as_documented(case: dict[str, Any], tmp_path: Path) -> None:
    found = one_series(tmp_path, case["header"], flat=case.get("config"))
    same(found["files"][0], case["expect"])


@pytest.mark.parametrize("case", cases("split"))
def test_a_series_is_split_as_documented(case: dict[str, Any], tmp_path: Path) -> None:
    for at, number in enumerate(case["acquisition_numbers"]):
        values = {"SOPInstanceUID": f"1.{at}", "InstanceNumber": at, "AcquisitionNumber": number}
        instance(tmp_path / "in" / f"{at}.dcm", {"Manufacturer": case["manufacturer"], **values})
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, case.get("config")))
    found = {file["acquisition.uid"]: file["file.zip_member_count"] for file in document["files"]}
    assert found == case["expect"]


@pytest.mark.parametrize("case", cases("opt"))
def test_an_opt_rule_decides_as_documented(case: dict[str, Any], tmp_path: Path) -> None:
    opt = {name: case[name] for name in ("mode", "match", "string")}
    assert one_series(tmp_path, {"AccessionNumber": case["value"]}, opt=opt)["decision"] == case["expect"]


def test_every_real_series_gives_what_is_expected(tmp_path: Path) -> None:
    if not (SHARED / "dicom").is_dir():
        pytest.skip("shared/data/dicom is absent")
    documents, told = dry_run(SHARED / "dicom", config_file(tmp_path))
    found = {
        (document["StudyInstanceUID"], document["SeriesInstanceUID"]): [
            {name: value for name, value in file.items() if value is not None} for file in document["files"]
        ]
        for document in documents
    }
    expected = json.loads((SHARED / "dicom" / "expected.json").read_text("utf-8"))
    assert found == {(one["StudyInstanceUID"], one["SeriesInstanceUID"]): one["expect"] for one in expected}
    assert "2 DICOMDIR, 11 not DICOM" in told
