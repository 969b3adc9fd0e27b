"""Measurement sets in other programs' forms: each file is read back by the library of its form."""

import csv
import gzip
import io
import json

import highdicom as hd
import nibabel
import numpy as np
import pytest
from axial_series import COLUMNS, ROWS, SLICES, SPACING, mm, slices
from pydicom import dcmread, dcmwrite
from pydicom.uid import generate_uid


@pytest.fixture(scope="module")
def exported(api):
    """Exports a set with a rectangle of 60 x 60 pixels, an ellipse, a length and a formula for a label."""
    group = f"ex{generate_uid()[-12:].replace('.', '')}"
    api.post("/groups", json={"_id": group}).raise_for_status()
    project = api.post("/projects", json={"group": group, "label": "X"}).json()["_id"]
    images, body = slices(), b""
    for ds in images:
        out = io.BytesIO()
        dcmwrite(out, ds, enforce_file_format=True)
        body += b"--b\r\nContent-Type: application/dicom\r\n\r\n" + out.getvalue() + b"\r\n"
    kind = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=b'}
    path = f"/dicomweb/projects/{project}/studies"
    answer = api.post(path, content=body + b"--b--\r\n", headers=kind)
    assert answer.status_code == 200, answer.text
    (acquisition,) = api.get(f"/projects/{project}/acquisitions").json()
    place = [{"sop_uid": ds.SOPInstanceUID} for ds in images]
    square = [mm(20, 30, 0), mm(80, 30, 0), mm(80, 90, 0), mm(20, 90, 0)]
    round_ = [mm(50, 35, 2), mm(50, 85, 2), mm(25, 60, 2), mm(75, 60, 2)]
    rois = [
        {"id": "1", "tool": "rectangle", "label": "Lesion", "ref": place[0], "points": square},
        {"id": "2", "tool": "ellipse", "label": "Cyst", "label_value": 7, "ref": place[1], "points": round_},
        {
            "id": "3",
            "tool": "length",
            "label": "=1+1",
            "ref": place[2],
            "points": [mm(0, 0, 4), mm(140, 50, 4)],
        },
        {"id": "4", "tool": "arrow", "label": "note", "ref": place[2], "points": [mm(5, 5, 4)]},
    ]
    said = {
        "name": "read",
        "file_ref": {"file_id": acquisition["files"][0]["file_id"]},
        "data": {"rois": rois},
    }
    made = api.post("/v3/annotations", json=said)
    assert made.status_code == 200, made.text

    def export(form: str, status: int = 200) -> bytes:
        answer = api.get(f"/v3/annotations/{made.json()['_id']}/export", params={"format": form})
        assert answer.status_code == status, answer.text
        return answer.content

    export.images = images
    export.file_id = said["file_ref"]["file_id"]
    return export


def test_json_is_the_set_itself(exported):
    assert [region["label"] for region in json.loads(exported("json"))["data"]["rois"]] == [
        "Lesion",
        "Cyst",
        "=1+1",
        "note",
    ]


def test_csv_has_a_row_for_each_region_and_no_formulas(exported):
    rows = list(csv.DictReader(io.StringIO(exported("csv").decode())))
    assert [row["label"] for row in rows] == ["Lesion", "Cyst", "'=1+1", "note"]
    assert float(rows[0]["area_mm2"]) == pytest.approx(1764)
    assert float(rows[2]["length_mm"]) == pytest.approx(104.06, abs=0.01)


def test_the_structured_report_holds_outlines_and_measures(exported):
    report = hd.sr.srread(io.BytesIO(exported("sr")))
    groups = report.content.get_planar_roi_measurement_groups()
    assert [group.finding_type.meaning for group in groups] == ["Lesion", "Cyst", "=1+1", "note"]
    (area,) = groups[0].get_measurements(name=hd.sr.CodedConcept("42798000", "SCT", "Area"))
    assert area.value == pytest.approx(1764)
    corners = groups[0].roi.value
    assert np.allclose(corners[:4], [[20, 30], [80, 30], [80, 90], [20, 90]], atol=0.01)


def test_the_segmentation_has_a_segment_for_each_label(exported):
    seg = hd.seg.segread(io.BytesIO(exported("seg")))
    assert [item.SegmentLabel for item in seg.SegmentSequence] == ["Lesion", "Cyst"]
    uids = [ds.SOPInstanceUID for ds in exported.images[:2]]
    pixels = seg.get_pixels_by_source_instance(uids)
    assert pixels[0, :, :, 0].sum() == 60 * 60
    assert pixels[0, 30:90, 20:80, 0].all()
    assert pixels[1, :, :, 1].sum() == pytest.approx(np.pi * 25 * 25, rel=0.01)


def test_the_labels_of_the_nifti_volume_lie_where_the_regions_do(exported):
    volume = nibabel.Nifti1Image.from_bytes(gzip.decompress(exported("nifti")))
    data = np.asarray(volume.dataobj)
    assert data.shape == (COLUMNS, ROWS, SLICES)
    assert sorted(np.unique(data)) == [0, 1, 7]
    assert (data == 1).sum() == 60 * 60
    where = volume.affine @ [20, 30, 0, 1]  # centre of the first pixel of the square, in RAS
    assert np.allclose(where[:3], [35 - 20 * SPACING, 42 - 30 * SPACING, 0])


def painted_set(api, file_id: str, affine: np.ndarray) -> str:
    """A set with a labelled block of 10 x 20 pixels on two images, painted."""
    voxels = np.zeros((COLUMNS, ROWS, SLICES), dtype=np.uint8)
    voxels[20:30, 40:60, 1:] = 3
    volume = gzip.compress(nibabel.Nifti1Image(voxels, affine).to_bytes())
    region = {"id": "a", "tool": "mask", "label": "Liver", "label_value": 3, "ref": {}, "points": []}
    said = {"name": "Segmentation", "file_ref": {"file_id": file_id}, "data": {"rois": [region]}}
    made = api.post(
        "/v3/annotations", data={"data": json.dumps(said)}, files={"file": ("labels.nii.gz", volume)}
    )
    assert made.status_code == 200, made.text
    return str(made.json()["_id"])


GRID = np.diag([-SPACING, -SPACING, 2, 1.0])
GRID[:3, 3] = [35, 42, 0]


def test_painted_labels_are_written_on_their_images(exported, api):
    """SEG and NIfTI of a volume of labels hold the voxels that were painted."""
    own = painted_set(api, exported.file_id, GRID)
    path = f"/v3/annotations/{own}/export"
    seg = hd.seg.segread(io.BytesIO(api.get(path, params={"format": "seg"}).content))
    assert [item.SegmentLabel for item in seg.SegmentSequence] == ["Liver"]
    pixels = seg.get_pixels_by_source_instance([ds.SOPInstanceUID for ds in exported.images[1:]])
    assert pixels[:, 40:60, 20:30, 0].all()
    assert pixels.sum() == 2 * 10 * 20
    nifti = api.get(path, params={"format": "nifti"}).content
    assert (np.asarray(nibabel.Nifti1Image.from_bytes(gzip.decompress(nifti)).dataobj) == 3).sum() == 400
    assert api.get(path, params={"format": "sr"}).status_code == 422


def test_labels_of_another_grid_are_refused(exported, api):
    own = painted_set(api, exported.file_id, np.diag([1, 1, 1, 1.0]))
    answer = api.get(f"/v3/annotations/{own}/export", params={"format": "seg"})
    assert answer.status_code == 422
    assert "other images" in answer.json()["message"]


def test_what_is_measured_between_images_is_reported_in_the_patient(exported, api):
    """A length and a circle on a sagittal plane lie in the report in millimetres of the frame of reference."""
    frame = exported.images[0].FrameOfReferenceUID
    plane = {"ref": {"frame_of_reference_uid": frame}, "normal": [1, 0, 0], "up": [0, 0, 1]}
    rois = [
        {"id": "t", "tool": "arrow", "label": "A note", "points": [[0, 0, 0]], **plane},
        {"id": "l", "tool": "length", "label": "Height", "points": [[0, 0, 0], [0, 3, 4]], **plane},
        {"id": "c", "tool": "circle", "label": "Disc", "points": [[0, 0, 2], [0, 2, 2]], **plane},
    ]
    said = {"name": "planes", "file_ref": {"file_id": exported.file_id}, "data": {"rois": rois}}
    own = api.post("/v3/annotations", json=said).raise_for_status().json()["_id"]
    answer = api.get(f"/v3/annotations/{own}/export", params={"format": "sr"})
    assert answer.status_code == 200, answer.text
    groups = hd.sr.srread(io.BytesIO(answer.content)).content.get_planar_roi_measurement_groups()
    assert [group.finding_type.meaning for group in groups] == ["A note", "Height", "Disc"]
    assert np.allclose(groups[1].roi.value, [[0, 0, 0], [0, 3, 4]])
    assert groups[1].roi.frame_of_reference_uid == frame
    assert np.allclose(np.linalg.norm(groups[2].roi.value - [0, 0, 2], axis=1), 2, atol=1e-3)


def test_coco_has_the_outlines_in_pixels(exported):
    found = json.loads(exported("coco"))
    assert [item["name"] for item in found["categories"]] == ["Lesion", "Cyst"]
    assert found["annotations"][0]["bbox"] == [20, 30, 60, 60]
    assert found["annotations"][0]["area"] == 3600
    assert (found["images"][0]["width"], found["images"][0]["height"]) == (COLUMNS, ROWS)


def test_what_cannot_be_written_says_so(exported, api, tree):
    exported("docx", 422)
    made = tree.upload("scan.nii.gz", b"x")
    said = {"name": "n", "file_ref": {"file_id": made["file_id"]}, "data": {"rois": []}}
    own = api.post("/v3/annotations", json=said).json()["_id"]
    for form in ("sr", "seg", "nifti", "coco"):
        answer = api.get(f"/v3/annotations/{own}/export", params={"format": form})
        assert answer.status_code == 422, answer.text


def test_an_exported_report_can_be_stored_again(exported, api):
    """The report is a valid object that names its images' study."""
    report = dcmread(io.BytesIO(exported("sr")))
    assert report.StudyInstanceUID == exported.images[0].StudyInstanceUID
    assert report.PatientID == "p"
