"""Reports, segmentations and structure sets stored beside a series come back as regions and labels of its images."""

import gzip
import io

import highdicom as hd
import nibabel
import numpy as np
import pytest
from axial_series import COLUMNS, ROWS, SLICES, SPACING, mm, slices
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

STOW = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=b'}
ABOUT = {
    "series_instance_uid": generate_uid(),
    "series_number": 9,
    "instance_number": 1,
    "manufacturer": "Elsewhere",
}


def report(images: list[Dataset]) -> Dataset:
    """An outline and a line on images, and a length in the patient."""
    source = hd.sr.SourceImageForRegion(images[1].SOPClassUID, images[1].SOPInstanceUID)
    square = np.array([[20, 30], [80, 30], [80, 90], [20, 90], [20, 30]], dtype=float)
    places = [
        hd.sr.ImageRegion(hd.sr.GraphicTypeValues.POLYLINE, square, source),
        hd.sr.ImageRegion(hd.sr.GraphicTypeValues.POLYLINE, square[:2], source),
        hd.sr.ImageRegion3D(
            hd.sr.GraphicTypeValues3D.POLYLINE,
            np.array([[0, 0, 0], [0, 3, 4]], dtype=float),
            images[0].FrameOfReferenceUID,
        ),
    ]
    groups = [
        hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=hd.sr.TrackingIdentifier(uid=hd.UID(), identifier=f"{number}"),
            referenced_region=place,
            finding_type=codes.SCT.Lesion,
        )
        for number, place in enumerate(places)
    ]
    observer = hd.sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(name="A^B"),
    )
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_person_context=observer),
        procedure_reported=codes.SCT.ImagingProcedure,
        imaging_measurements=groups,
    )
    return hd.sr.Comprehensive3DSR(
        evidence=images, content=content, sop_instance_uid=hd.UID(), is_complete=True, **ABOUT
    )


def segmentation(images: list[Dataset]) -> Dataset:
    """Two labels, the second on one image only."""
    masks = np.zeros((2, ROWS, COLUMNS, 2), dtype=np.uint8)
    masks[:, 40:60, 20:30, 0] = 1
    masks[1, 10:12, 10:14, 1] = 1
    segments = [
        hd.seg.SegmentDescription(
            segment_number=number,
            segment_label=label,
            segmented_property_category=codes.SCT.Organ,
            segmented_property_type=codes.SCT.Liver,
            algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        )
        for number, label in ((1, "Liver"), (2, "Cyst"))
    ]
    return hd.seg.Segmentation(
        source_images=images[1:],
        pixel_array=masks,
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=segments,
        sop_instance_uid=hd.UID(),
        manufacturer_model_name="E",
        software_versions="1",
        device_serial_number="1",
        **{**ABOUT, "series_instance_uid": generate_uid()},
    )


def structures(images: list[Dataset]) -> Dataset:
    """A red contour that names its image, and one that only lies on one; one lies on none."""
    ds = Dataset()
    for name in ("StudyInstanceUID", "PatientID", "PatientName", "StudyDate", "StudyTime"):
        setattr(ds, name, images[0].get(name))
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = (
        RTStructureSetStorage,
        generate_uid(),
        generate_uid(),
    )
    ds.Modality = "RTSTRUCT"
    roi = Dataset()
    roi.ROINumber, roi.ROIName = 1, "Bladder"
    ds.StructureSetROISequence = [roi]
    contours = []
    for z, referenced in ((0, True), (2.1, False), (99, False)):
        contour = Dataset()
        corners = [mm(20, 30, z), mm(80, 30, z), mm(80, 90, z)]
        contour.ContourGeometricType = "CLOSED_PLANAR"
        contour.NumberOfContourPoints = len(corners)
        contour.ContourData = [f"{value:.3f}" for corner in corners for value in corner]
        if referenced:
            image = Dataset()
            image.ReferencedSOPClassUID = images[0].SOPClassUID
            image.ReferencedSOPInstanceUID = images[0].SOPInstanceUID
            contour.ContourImageSequence = [image]
        contours.append(contour)
    drawn = Dataset()
    drawn.ReferencedROINumber, drawn.ROIDisplayColor, drawn.ContourSequence = 1, [255, 0, 10], contours
    ds.ROIContourSequence = [drawn]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


@pytest.fixture(scope="module")
def overlays(api):
    """The file of a series, its images, and the path of each kind of object of its study."""
    group = f"ov{generate_uid()[-12:].replace('.', '')}"
    api.post("/groups", json={"_id": group}).raise_for_status()
    project = api.post("/projects", json={"group": group, "label": "X"}).json()["_id"]
    images = slices()

    def store(*objects: Dataset) -> None:
        body = b""
        for ds in objects:
            out = io.BytesIO()
            ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            dcmwrite(out, ds, enforce_file_format=True)
            body += b"--b\r\nContent-Type: application/dicom\r\n\r\n" + out.getvalue() + b"\r\n"
        answer = api.post(f"/dicomweb/projects/{project}/studies", content=body + b"--b--\r\n", headers=STOW)
        assert answer.status_code == 200, answer.text

    store(*images)
    (acquisition,) = api.get(f"/projects/{project}/acquisitions").json()
    file_id = acquisition["files"][0]["file_id"]
    store(report(images), segmentation(images), structures(images))
    found = api.get(f"/x/files/{file_id}/overlays").json()
    paths = {item["kind"]: f"/x/files/{file_id}/overlays/{item['sop_uid']}" for item in found}
    assert set(paths) == {"sr", "seg", "rtstruct"}
    return images, paths, file_id


def test_a_report_comes_back_as_regions_with_their_measures(overlays, api):
    images, paths, _ = overlays
    answer = api.get(paths["sr"])
    assert answer.status_code == 200, answer.text
    outline, line, spatial = answer.json()["rois"]
    assert [outline["tool"], line["tool"], spatial["tool"]] == ["freehand", "length", "length"]
    assert outline["ref"]["sop_uid"] == images[1].SOPInstanceUID
    assert outline["label"] == "Lesion"
    assert outline["stats"]["area_mm2"] == pytest.approx((60 * SPACING) ** 2)
    assert np.allclose(outline["points"][0], mm(20, 30, 2), atol=1e-3)
    assert spatial["stats"]["length_mm"] == pytest.approx(5)
    assert "sop_uid" not in spatial["ref"]


def test_a_segmentation_comes_back_as_labels_on_the_grid_of_the_series(overlays, api):
    _, paths, _ = overlays
    assert api.get(paths["seg"]).json()["segments"] == [
        {"value": 1, "label": "Liver"},
        {"value": 2, "label": "Cyst"},
    ]
    answer = api.get(f"{paths['seg']}/labels")
    assert answer.status_code == 200, answer.text
    voxels = np.asarray(nibabel.Nifti1Image.from_bytes(gzip.decompress(answer.content)).dataobj)
    assert voxels.shape == (COLUMNS, ROWS, SLICES)
    assert (voxels[20:30, 40:60, 1:] == 1).all()
    assert [(voxels == value).sum() for value in (1, 2)] == [400, 8]
    assert (voxels[10:14, 10:12, 2] == 2).all()


def test_contours_come_back_on_the_images_they_lie_on(overlays, api):
    images, paths, _ = overlays
    rois = api.get(paths["rtstruct"]).json()["rois"]
    assert [roi["ref"]["sop_uid"] for roi in rois] == [ds.SOPInstanceUID for ds in images[:2]]
    assert {(roi["label"], roi["color"], roi["tool"]) for roi in rois} == {("Bladder", "#ff000a", "freehand")}


def test_objects_of_other_studies_or_without_voxels_are_refused(overlays, api):
    _, paths, file_id = overlays
    assert api.get(f"/x/files/{file_id}/overlays/1.2.3").status_code == 404
    assert api.get(f"{paths['sr']}/labels").status_code == 422
