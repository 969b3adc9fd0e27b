"""DICOMweb as its usual client speaks it: what is stored is found, and comes back byte for byte."""

import io
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from dicomweb_client import DICOMwebClient
from dicomweb_client.session_utils import create_session
from PIL import Image
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import generate_uid

AS_STORED = (("application/dicom", "*"),)
FRAMES_AS_STORED = (("application/octet-stream", "*"),)


def client_of(treadle_server, key: str, base: str) -> DICOMwebClient:
    session = create_session()
    session.headers["Authorization"] = f"scitran-user {key}"
    return DICOMwebClient(f"{treadle_server.url}/api/dicomweb{base}", session=session)


def objects(dicom_data: Path) -> list[Path]:
    """Every transfer syntax of the corpus, multi-frame, colour, a segmentation, and a few slices of one series."""
    return [
        *sorted((dicom_data / "pydicom_data").glob("*.dcm")),
        *sorted(path for path in (dicom_data / "uih_mr").rglob("*") if path.is_file())[:5],
        *sorted(path for path in (dicom_data / "enhanced_mr").rglob("*") if path.is_file())[:2],
    ]


@pytest.fixture(scope="module")
def project(api) -> str:
    group = f"dw{generate_uid()[-12:].replace('.', '')}"
    assert api.post("/groups", json={"_id": group}).status_code == 200
    return api.post("/projects", json={"group": group, "label": "W"}).json()["_id"]


@pytest.fixture(scope="module")
def web(treadle_server, key, project) -> DICOMwebClient:
    return client_of(treadle_server, key, f"/projects/{project}")


@pytest.fixture(scope="module")
def sent(web, dicom_data) -> dict[str, tuple[Path, Dataset]]:
    """What was stored, by SOP Instance UID."""
    found = {}
    for path in objects(dicom_data):
        ds = dcmread(path)
        found[ds.SOPInstanceUID] = (path, ds)
    # the library's store_instances writes data sets anew, so the files themselves are sent
    body, boundary = io.BytesIO(), "treadle-test"
    for path, _ in found.values():
        body.write(f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode())
        body.write(path.read_bytes() + b"\r\n")
    body.write(f"--{boundary}--\r\n".encode())
    answer = web._session.post(
        f"{web.base_url}/studies",
        data=body.getvalue(),
        headers={
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Accept": "application/dicom+json",
        },
    )
    assert answer.status_code == 200, answer.text[:500]
    assert len(answer.json()["00081199"]["Value"]) == len(found)
    return found


def place(ds: Dataset) -> tuple[str, str, str]:
    return ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID


def test_what_is_stored_is_placed_as_files_of_acquisitions(api, project, sent):
    series = {ds.SeriesInstanceUID for _, ds in sent.values()}
    acquisitions = api.get(f"/projects/{project}/acquisitions").json()
    assert {item["uid"] for item in acquisitions} == series
    assert all(len(item["files"]) == 1 for item in acquisitions)


def test_every_instance_comes_back_byte_for_byte(web, sent, tmp_path):
    for path, ds in sent.values():
        study, series, sop = place(ds)
        url = f"{web.base_url}/studies/{study}/series/{series}/instances/{sop}"
        answer = web._session.get(url, headers={"Accept": "application/dicom; transfer-syntax=*"})
        assert answer.content == path.read_bytes()
        part = web._session.get(
            url, headers={"Accept": "application/dicom; transfer-syntax=*", "Range": "bytes=128-131"}
        )
        assert (part.status_code, part.content) == (206, path.read_bytes()[128:132])


def test_the_client_retrieves_a_series_and_dcmtk_reads_the_same(web, sent, tmp_path):
    series = next(ds for path, ds in sent.values() if "uih_mr" in path.parts)
    got = web.retrieve_series(series.StudyInstanceUID, series.SeriesInstanceUID, media_types=AS_STORED)
    assert len(got) == 5
    for ds in got:
        dcmwrite(tmp_path / "got.dcm", ds)
        dumps = [
            subprocess.run(
                ["dcmdump", "-q", "+W", str(tmp_path), path], capture_output=True, check=True
            ).stdout
            for path in (tmp_path / "got.dcm", sent[ds.SOPInstanceUID][0])
        ]
        assert pixels(dumps[0]) == pixels(dumps[1])


def pixels(dump: bytes) -> list[bytes]:
    return [line for line in dump.splitlines() if line.startswith((b"(0010", b"(0020", b"(0028"))]


def test_search_finds_studies_series_and_instances_by_what_their_headers_say(web, sent):
    for _, ds in sent.values():
        study, series, sop = place(ds)
        (found,) = web.search_for_studies(search_filters={"StudyInstanceUID": study})
        assert found["0020000D"]["Value"] == [study]
        assert ds.Modality in found["00080061"]["Value"]
        (found,) = web.search_for_series(study, search_filters={"SeriesInstanceUID": series})
        assert found["00080060"]["Value"] == [ds.Modality]
        (found,) = web.search_for_instances(study, series, search_filters={"SOPInstanceUID": sop})
        assert found["00080016"]["Value"] == [ds.SOPClassUID]
        assert found["00280010"]["Value"] == [ds.Rows]
        if ds.get("PatientID"):
            found = web.search_for_studies(search_filters={"PatientID": ds.PatientID})
            assert study in {item["0020000D"]["Value"][0] for item in found}


def test_matching_takes_wildcards_ranges_lists_and_any_case_of_names(web, sent, project):
    _, ds = next((path, ds) for path, ds in sent.values() if path.name == "MR-SIEMENS-DICOM-WithOverlays.dcm")
    study, date, name = ds.StudyInstanceUID, ds.StudyDate, str(ds.PatientName)
    hits = [
        {"StudyDate": f"{date}-{date}"},
        {"StudyDate": f"{date}-"},
        {"StudyDate": f"-{date}"},
        {"PatientName": f"{name[:3].lower()}*"},
        {"StudyInstanceUID": f"1.2.3,{study}"},
        {"ModalitiesInStudy": "MR"},
        {"0020000D": study},
        {"AccessionNumber": ""},
    ]
    for wanted in hits:
        found = web.search_for_studies(search_filters=wanted)
        assert study in {item["0020000D"]["Value"][0] for item in found}, wanted
    for wanted in ({"StudyDate": "19000101-19000102"}, {"PatientID": "no such"}, {"PatientName": "%"}):
        assert web.search_for_studies(search_filters=wanted) == []


def test_pages_are_disjoint_complete_and_say_that_there_is_more(web, sent):
    everything = {item["00080018"]["Value"][0] for item in web.search_for_instances()}
    assert everything == set(sent)
    pages = [web.search_for_instances(limit=4, offset=start) for start in range(0, len(sent), 4)]
    uids = [item["00080018"]["Value"][0] for page in pages for item in page]
    assert sorted(uids) == sorted(everything)
    answer = web._session.get(f"{web.base_url}/instances?limit=4")
    assert answer.headers["warning"].startswith("299 ")


def test_metadata_are_the_header_with_large_values_behind_addresses(web, sent):
    for path, ds in sent.values():
        study, series, sop = place(ds)
        metadata = web.retrieve_instance_metadata(study, series, sop)
        read = Dataset.from_json(metadata, lambda *_: b"")
        for keyword in ("PatientName", "Rows", "PixelSpacing", "ImageType", "SeriesInstanceUID", "StudyDate"):
            assert read.get(keyword) == ds.get(keyword), (path, keyword)
        address = metadata["7FE00010"]["BulkDataURI"]
        path_there = urlsplit(address).path
        assert path_there.startswith(f"{urlsplit(web.base_url).path}/studies/{study}/")
        if not ds.file_meta.TransferSyntaxUID.is_compressed:
            here = urlsplit(web.base_url)._replace(path=path_there).geturl()
            data = web._session.get(here, headers={"Accept": "application/octet-stream"}).content
            assert data == ds.PixelData


def test_metadata_of_a_series_are_in_the_order_of_its_instances(web, sent):
    ds = next(ds for path, ds in sent.values() if "uih_mr" in path.parts)
    found = web.retrieve_series_metadata(ds.StudyInstanceUID, ds.SeriesInstanceUID)
    numbers = [item["00200013"]["Value"][0] for item in found]
    assert numbers == sorted(numbers)
    assert len(numbers) == 5


def test_frames_are_cut_out_as_stored_and_decoded_when_plain_bytes_are_wanted(web, sent):
    for path, ds in sent.values():
        uids = place(ds)
        frames = int(ds.get("NumberOfFrames") or 1)
        wanted = sorted({1, frames})
        stored = web.retrieve_instance_frames(*uids, wanted, media_types=FRAMES_AS_STORED)
        plain = [plain_frame(web, ds, number) for number in wanted]
        assert len(stored) == len(wanted)
        if ds.file_meta.TransferSyntaxUID.is_compressed:
            every = list(generate_frames(ds.PixelData, number_of_frames=frames))
            assert stored == [every[number - 1] for number in wanted]
        else:
            assert stored == plain
        if ds.BitsAllocated > 1:
            every = ds.pixel_array if frames > 1 else ds.pixel_array[np.newaxis]
            raw = every.dtype.newbyteorder("<")
            if ds.get("PhotometricInterpretation") in ("MONOCHROME1", "MONOCHROME2"):
                for number, frame in zip(wanted, plain, strict=True):
                    same = np.frombuffer(frame, raw).reshape(every[0].shape) == every[number - 1]
                    assert same.all(), path


def plain_frame(web, ds: Dataset, number: int) -> bytes:
    study, series, sop = place(ds)
    url = f"{web.base_url}/studies/{study}/series/{series}/instances/{sop}/frames/{number}"
    answer = web._session.get(url, headers={"Accept": "application/octet-stream"})
    assert answer.status_code == 200, answer.text
    return answer.content


def test_rendered_frames_are_pictures(web, sent):
    for _, ds in sent.values():
        picture = web.retrieve_instance_rendered(*place(ds), media_types=("image/png",))
        assert picture.startswith(b"\x89PNG")
        small = web.retrieve_instance_rendered(
            *place(ds), media_types=("image/jpeg",), params={"viewport": "32,32", "window": "100,200,linear"}
        )
        assert small.startswith(b"\xff\xd8")


def file_of(api, project, ds: Dataset) -> dict:
    series = ds.SeriesInstanceUID
    (acquisition,) = api.get(f"/projects/{project}/acquisitions", params={"filter": f"uid={series}"}).json()
    return acquisition["files"][0]


def test_a_viewer_gets_the_same_picture_by_the_file(api, project, web, sent):
    for path in ("MR2_J2KR.dcm", "US1_UNCI.dcm", "693_UNCI.dcm"):
        ds = next(ds for known, ds in sent.values() if known.name == path)
        file = file_of(api, project, ds)
        url = f"/x/files/{file['file_id']}/instances/{ds.SOPInstanceUID}/picture"
        answer = api.get(url, params={"version": file["version"]})
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"].endswith("immutable")
        assert answer.content == web.retrieve_instance_rendered(*place(ds), media_types=("image/png",))
        known = api.get(url, headers={"If-None-Match": answer.headers["etag"]})
        assert (known.status_code, known.headers["cache-control"]) == (304, "private, no-cache")
        assert api.get(url.replace(ds.SOPInstanceUID, "1.2.3")).status_code == 404


def test_there_is_no_picture_of_what_cannot_be_decoded_and_pixels_become_square(api, project, web, sent):
    ds = dcmread(next(path for path, _ in sent.values() if path.name == "MR2_J2KR.dcm"))
    pictures = []
    for spacing, broken in (([1, 1], False), ([2, 1], False), ([1, 1], True)):
        ds.SeriesInstanceUID, ds.SOPInstanceUID = generate_uid(), generate_uid()
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.PixelSpacing = spacing
        if broken:
            ds.PixelData = encapsulate([b"\xff\x4f\xff\x51" + bytes(60)])
        assert post(web, ds).status_code == 200
        file = file_of(api, project, ds)
        pictures.append(api.get(f"/x/files/{file['file_id']}/instances/{ds.SOPInstanceUID}/picture"))
    flat, tall = (Image.open(io.BytesIO(answer.content)).size for answer in pictures[:2])
    assert flat == (ds.Columns, ds.Rows)
    assert tall == (ds.Columns, 2 * ds.Rows)
    assert (pictures[2].status_code, pictures[2].content) == (204, b"")


def test_a_client_that_does_not_say_how_gets_compressed_instances_decoded(web, sent):
    ds = next(ds for path, ds in sent.values() if path.name == "MR2_J2KR.dcm")
    study, series, sop = place(ds)
    url = f"{web.base_url}/studies/{study}/series/{series}/instances/{sop}"
    answer = web._session.get(url, headers={"Accept": 'multipart/related; type="application/dicom"'})
    got = dcmread(io.BytesIO(web._decode_multipart_message(answer, stream=False).__next__()))
    assert got.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert (got.pixel_array == ds.pixel_array).all()


def test_known_answers_are_not_sent_again(web, sent):
    _, ds = next(iter(sent.values()))
    study, series, sop = place(ds)
    base = f"{web.base_url}/studies/{study}/series/{series}"
    for path in ("/metadata", f"/instances/{sop}/frames/1", f"/instances/{sop}/rendered", ""):
        first = web._session.get(base + path)
        assert first.status_code == 200, first.text
        again = web._session.get(base + path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_storing_again_changes_nothing_and_other_bytes_are_refused(web, sent, api, project):
    _, ds = next((path, ds) for path, ds in sent.values() if path.name == "liver.dcm")
    changed = dcmread(io.BytesIO(Path(sent[ds.SOPInstanceUID][0]).read_bytes()))
    changed.PatientComments = "other"
    count = api.get(f"/projects/{project}/acquisitions").json()
    answer = post(web, changed)
    assert answer.status_code == 409
    (failed,) = answer.json()["00081198"]["Value"]
    assert failed["00081197"]["Value"] == [0x0111]
    assert api.get(f"/projects/{project}/acquisitions").json() == count


def post(web, *instances: Dataset | bytes, path: str = "/studies"):
    body = b""
    for item in instances:
        out = io.BytesIO()
        out.write(item) if isinstance(item, bytes) else dcmwrite(out, item)
        body += b"--b\r\nContent-Type: application/dicom\r\n\r\n" + out.getvalue() + b"\r\n"
    kind = 'multipart/related; type="application/dicom"; boundary=b'
    return web._session.post(
        web.base_url + path,
        data=body + b"--b--\r\n",
        headers={"Content-Type": kind, "Accept": "application/dicom+json"},
    )


def test_a_further_instance_joins_its_series(web, sent):
    _, ds = next((path, ds) for path, ds in sent.values() if path.name == "vlut_04.dcm")
    further = dcmread(sent[ds.SOPInstanceUID][0])
    further.SOPInstanceUID = further.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    answer = post(web, further, b"no DICOM at all")
    assert answer.status_code == 202
    assert answer.json()["00081198"]["Value"][0]["00081197"]["Value"] == [0xC000]
    found = web.search_for_instances(ds.StudyInstanceUID, ds.SeriesInstanceUID)
    assert {item["00080018"]["Value"][0] for item in found} == {ds.SOPInstanceUID, further.SOPInstanceUID}
    sent[further.SOPInstanceUID] = (sent[ds.SOPInstanceUID][0], further)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/studies?limit=x", 400),
        ("/studies?offset=-1", 400),
        ("/studies?NoSuchAttribute=1", 400),
        ("/studies?StudyDate=a-b", 400),
        ("/studies?PatientName=%00", 400),
        ("/studies?SeriesNumber=x", 400),
        ("/studies?includefield=nonsense", 400),
        ("/studies?SOPInstanceUID=1.2", 400),
        ("/studies?RequestAttributesSequence=1", 400),
        ("/studies?limit=0", 204),
        ("/studies/1.2.3", 404),
        ("/studies/%00/metadata", 422),
        ("/studies/1/series/2/instances/3/frames/1", 404),
        ("{instance}/frames/0", 404),
        ("{instance}/frames/99999", 404),
        ("{instance}/frames/x", 400),
        ("{instance}/frames/1,,2", 400),
        ("{instance}/frames/99/rendered", 404),
        ("{instance}/rendered?window=1", 400),
        ("{instance}/rendered?window=nan,1", 400),
        ("{instance}/rendered?viewport=0,0", 400),
        ("{instance}/rendered?quality=900", 400),
        ("{instance}/rendered?accept=image/gif", 406),
        ("{instance}/metadata?accept=application/dicom%2Bxml", 406),
        ("{instance}/bulkdata/00100010.x", 404),
        ("{instance}/bulkdata/zz", 404),
        ("{instance}?accept=text/html", 406),
    ],
)
def test_bad_requests_are_refused_with_the_right_status(web, sent, path, status):
    _, ds = next(iter(sent.values()))
    study, series, sop = place(ds)
    address = path.replace("{instance}", f"/studies/{study}/series/{series}/instances/{sop}")
    answer = web._session.get(web.base_url + address)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/related; boundary=b", b"", 400),
        ("multipart/related; boundary=b", b"--b\r\n\r\nx", 400),
        ("multipart/related", b"--b--\r\n", 415),
        ('multipart/related; type="application/dicom+json"; boundary=b', b"--b--\r\n", 415),
    ],
)
def test_bodies_that_are_no_instances_are_refused(web, kind, body, status):
    answer = web._session.post(f"{web.base_url}/studies", data=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text


def test_strangers_find_nothing_and_members_find_it_site_wide(treadle_server, api, stranger, project, sent):
    _, ds = next(iter(sent.values()))
    study, series, sop = place(ds)
    instance = f"/studies/{study}/series/{series}/instances/{sop}"
    assert stranger.get(f"/dicomweb/projects/{project}/studies").status_code == 404
    assert stranger.get(f"/dicomweb/studies?StudyInstanceUID={study}").status_code == 204
    assert stranger.get(f"/dicomweb{instance}/frames/1").status_code == 404
    role = next(item["_id"] for item in api.get("/roles").json() if item["label"] == "Read-only")
    grant = {"_id": stranger.headers["x-user"], "role_ids": [role]}
    assert api.post(f"/projects/{project}/permissions", json=grant).status_code == 200
    assert stranger.get(f"/dicomweb/studies?StudyInstanceUID={study}").status_code == 200
    assert stranger.get(f"/dicomweb{instance}/frames/1").status_code == 200
    assert post_as(stranger, project).status_code == 403


def post_as(client, project: str):
    kind = 'multipart/related; type="application/dicom"; boundary=b'
    return client.post(
        f"/dicomweb/projects/{project}/studies", content=b"--b--\r\n", headers={"Content-Type": kind}
    )
