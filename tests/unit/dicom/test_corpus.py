"""Real series of many makers give exactly the documented fields, file names and member counts."""

import io
import json
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from treadle.dicom.classify import MODALITIES, classify
from treadle.dicom.header import facts_of, header_json, read_facts, read_header
from treadle.dicom.identity import InstanceFacts, split_series
from treadle.dicom.mapping import map_instance
from treadle.dicom.pack import member_name, pack_series
from treadle.dicom.routing import read_routing

EXPECTED = Path(__file__).parents[4] / "shared" / "data" / "dicom" / "expected.json"
Series = dict[tuple[str, str], dict[str, InstanceFacts]]


def group(paths: list[Path]) -> Series:
    series: Series = defaultdict(dict)
    for path in paths:
        facts = read_facts(path)
        series[facts.study_uid, facts.series_uid][facts.sop_uid] = facts
    return series


def described(members: list[InstanceFacts], uid: str) -> dict[str, Any]:
    ds = read_header(members[0].path)
    fields = map_instance(ds, route=read_routing(ds), acquisition_uid=uid).flat()
    packed = pack_series(((member_name(m.sop_uid, m.modality), m.path) for m in members), io.BytesIO())
    found = {name: value for name, value in fields.items() if value is not None}
    return found | {"file.zip_member_count": len(packed.members)}


def test_the_whole_corpus_gives_the_expected_files(corpus: list[Path]) -> None:
    wanted = json.loads(EXPECTED.read_text("utf-8"))
    series = group(corpus)
    found = {
        key: [described(members, uid) for uid, members in split_series(list(instances.values())).items()]
        for key, instances in series.items()
    }
    assert found == {(case["StudyInstanceUID"], case["SeriesInstanceUID"]): case["expect"] for case in wanted}


def test_facts_read_in_part_equal_facts_of_the_whole_header(corpus: list[Path]) -> None:
    for path in corpus[::10]:
        assert read_facts(path) == facts_of(read_header(path), path=path)


def test_every_header_becomes_json_and_a_known_classification(corpus: list[Path]) -> None:
    for path in corpus[::20]:
        header = header_json(read_header(path))
        json.dumps(header, allow_nan=False)
        result = classify(header)
        known = MODALITIES.get(result.modality or "", {})
        assert all(set(values) <= set(known[key]) for key, values in result.classification.items())


def test_packed_members_are_the_files_and_start_at_their_offset(corpus: list[Path]) -> None:
    sources = {f"{at}.dcm": path for at, path in enumerate(corpus[::50])}
    out = io.BytesIO()
    packed = pack_series(sources.items(), out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert all(archive.read(name) == path.read_bytes() for name, path in sources.items())
    raw = out.getvalue()
    for member in packed.members:
        if member.method == zipfile.ZIP_STORED:
            assert raw[member.offset : member.offset + member.size] == sources[member.name].read_bytes()
