"""File type and media type from a name (api.md 10.1); the longest known suffix wins."""

from __future__ import annotations

import mimetypes

_SUFFIXES = {
    "bval": ".bval .bvals",
    "bvec": ".bvec .bvecs",
    "dicom": ".dcm .dcm.zip .dicom.zip .dicom .ima",
    "nifti": ".nii .nii.gz",
    "parrec": ".parrec.zip .par-rec.zip",
    "pfile": ".7 .7.gz .7.zip",
    "ISMRMRD": ".h5 .hdf5",
    "MGH data": ".mgh .mgz .mgh.gz",
    "MATLAB data": ".mat",
    "eeg": ".eeg.zip",
    "gephysio": ".gephysio.zip",
    "PsychoPy data": ".psydat",
    "qa": ".qa.png .qa.json .qa.html",
    "archive": ".zip .tar .tgz .tar.gz .tbz .tbz2 .tar.bz2 .txz .tar.xz",
    "tabular data": ".csv .csv.gz .tsv .tsv.gz",
    "source code": ".py .m .c .cpp .js .java .php .css .json .toml .yaml .yml",
    "text": ".txt",
    "markdown": ".md .markdown",
    "markup": ".html .htm .xml",
    "pdf": ".pdf",
    "log": ".log",
    "image": ".png .jpg .jpeg .gif .bmp .tif .tiff",
    "video": ".mp4 .m4v .mov .mpg .mpeg .mts",
    "document": ".doc .docx",
    "spreadsheet": ".xls .xlsx",
    "presentation": ".ppt .pptx",
}
_TYPE_OF = {suffix: name for name, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_LONGEST_FIRST = sorted(_TYPE_OF, key=len, reverse=True)

_MEDIA = mimetypes.MimeTypes()
for _suffix, _media in {
    ".dcm": "application/dicom",
    ".dicom": "application/dicom",
    ".ima": "application/dicom",
    ".nii": "application/octet-stream",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".yaml": "text/yaml",
    ".yml": "text/yaml",
    ".mat": "application/octet-stream",
}.items():
    _MEDIA.add_type(_media, _suffix)


def guess_type(name: str) -> str | None:
    """The file type that the name suggests, or None."""
    lower = name.lower()
    return next((_TYPE_OF[suffix] for suffix in _LONGEST_FIRST if lower.endswith(suffix)), None)


def guess_mimetype(name: str) -> str:
    """The media type that the name suggests; never empty."""
    if name.lower().endswith(".nii.gz"):
        return "application/octet-stream"
    media, encoding = _MEDIA.guess_type(name)
    if encoding == "gzip":
        return "application/gzip"
    return media or "application/octet-stream"
