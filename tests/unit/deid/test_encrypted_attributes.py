"""Originals stay in the file, encrypted: openssl reads what we write, we read what openssl writes, nobody else does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from treadle.deid import Code, Engine, Profile, ProfileError, Secrets
from treadle.deid.fields import cms

from .planted import Planter

KEY = "00112233445566778899aabbccddeeff" * 2
SECRETS = Secrets(bytes(32))
Ssl = Callable[..., bytes]


@pytest.fixture(scope="module")
def ssl(program: Callable[[str], str]) -> Ssl:
    openssl = program("openssl")

    def run(*words: str | Path, text: bytes = b"") -> bytes:
        return subprocess.run([openssl, *words], input=text, capture_output=True, check=True).stdout

    return run


@pytest.fixture(scope="module")
def pair(ssl: Ssl, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    private, certificate = folder / "key.pem", folder / "cert.pem"
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=custodian")
    ssl(*words, "-keyout", private, "-out", certificate)
    return private, certificate


def processed(data: bytes, dicom: dict[str, Any], **more: Any) -> Dataset:
    profile = Profile.load({"name": "sealed", "dicom": dicom, **more})
    result = Engine(profile, SECRETS).process("x.dcm", data)
    assert result.status == "ok", (result.error, result.report.where)
    return pydicom.dcmread(BytesIO(result.outputs[0][1]))


def written(dataset: Dataset) -> bytes:
    target = BytesIO()
    dataset.save_as(target)
    return target.getvalue()


def values_of(ssl: Ssl, dataset: Dataset, *how: str | Path) -> Dataset:
    """What openssl finds, with the options the original tool gives it."""
    content = dataset.EncryptedAttributesSequence[-1].EncryptedContent
    plain = ssl("cms", "-decrypt", "-binary", "-inform", "PEM", *how, text=content.rstrip(b"\0"))
    envelope = pydicom.filereader.read_dataset(BytesIO(plain), is_implicit_VR=False, is_little_endian=True)
    return envelope.ModifiedAttributesSequence[0]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_openssl_reads_what_encrypt_took_out(ssl: Ssl, syntax: str) -> None:
    planter = Planter(3, ("ISO_IR 100", "latin-1", "Müßnerström", "Zoë"), syntax)
    data = planter.finish(planter.image()).data
    names = ("PatientName", "PatientBirthDate", "StudyInstanceUID", "Rows")
    after = processed(
        data, {"secret-key": KEY, "fields": [{"name": name, "encrypt": True} for name in names]}
    )
    assert not any(name in after for name in names)
    assert after.EncryptedAttributesSequence[0].EncryptedContentTransferSyntaxUID == ExplicitVRLittleEndian
    found = values_of(ssl, after, "-secretkey", KEY, "-secretkeyid", "00")
    before = pydicom.dcmread(BytesIO(data))
    assert [found[name].value for name in names] == [before[name].value for name in names]
    rules = {"secret-key": KEY, "fields": [{"name": name, "decrypt": True} for name in names]}
    back = processed(written(after), rules)
    assert [back[name].value for name in names] == [before[name].value for name in names]


def test_retained_originals_of_a_preset_open_for_every_certificate(ssl: Ssl, pair: tuple[Path, Path]) -> None:
    private, certificate = pair
    planter = Planter(4, ("", "ascii", "Quexbury", "Thomasin"), ExplicitVRLittleEndian)
    dataset = planter.image()
    planter.nested(dataset)
    data = planter.finish(dataset).data
    keys = {"retain": True, "asymmetric-encryption": True, "public-key": [certificate.read_text()]}
    after = processed(data, keys, treadle={"preset": "research"})
    before, found = pydicom.dcmread(BytesIO(data)), values_of(ssl, after, "-inkey", private)
    for keyword in ("PatientName", "PatientID", "StudyDate", "SOPInstanceUID", "OtherPatientIDsSequence"):
        assert found[keyword] == before[keyword] and after.get(keyword) != before[keyword].value
    assert "Rows" not in found and "PixelData" not in found
    assert after.PatientIdentityRemoved == "YES"
    rules = {"asymmetric-encryption": True, "private-key": private.read_text()}
    back = processed(written(after), {**rules, "fields": [{"name": "PatientName", "decrypt": True}]})
    assert back.PatientName == before.PatientName


@pytest.mark.parametrize(
    "form", [("-outform", "PEM"), ("-outform", "DER", "-stream"), ("-outform", "PEM", "-des3")]
)
def test_what_openssl_writes_is_read(ssl: Ssl, pair: tuple[Path, Path], form: tuple[str, ...]) -> None:
    private, certificate = pair
    by_key = ssl(
        "cms", "-encrypt", "-binary", *form, "-secretkey", KEY, "-secretkeyid", "00", text=b"content"
    )
    assert cms.opened(by_key, key=bytes.fromhex(KEY)) == b"content"
    to_holder = ssl("cms", "-encrypt", "-binary", *form, "-recip", certificate, text=b"content")
    assert cms.opened(to_holder, private=private.read_text()) == b"content"
    for wrong in ({"key": bytes(32)}, {}, {"key": os.urandom(32)}):
        with pytest.raises(cms.CmsError):
            cms.opened(by_key, **wrong)  # type: ignore[arg-type]


def test_without_the_right_key_nothing_comes_out() -> None:
    planter = Planter(5, ("", "ascii", "Quexbury", "Thomasin"), ExplicitVRLittleEndian)
    data = planter.finish(planter.image()).data
    sealed = processed(data, {"secret-key": KEY, "fields": [{"name": "PatientID", "encrypt": True}]})
    rules = {"secret-key": KEY[::-1], "fields": [{"name": "PatientID", "decrypt": True}]}
    for content in (data, written(sealed)):
        result = Engine(Profile.load({"name": "x", "dicom": rules}), SECRETS).process("x.dcm", content)
        assert result.error is Code.BAD_VALUE and result.report.where == "04000500"


@pytest.mark.parametrize(
    ("dicom", "code"),
    [
        ({"retain": True}, "MISSING_KEY"),
        ({"retain": True, "asymmetric-encryption": True}, "MISSING_KEY"),
        ({"fields": [{"name": "PatientID", "encrypt": True}], "secret-key": "no hex"}, "BAD_VALUE"),
        ({"retain": True, "asymmetric-encryption": True, "public-key": "cert.pem"}, "DEID_NOT_SUPPORTED"),
    ],
)
def test_profiles_without_usable_keys_are_refused(dicom: dict[str, Any], code: str) -> None:
    with pytest.raises(ProfileError) as error:
        Profile.load({"name": "x", "dicom": dicom})
    assert code in {issue.code for issue in error.value.errors}


def test_paths_are_read_where_files_may_be(pair: tuple[Path, Path]) -> None:
    _, certificate = pair
    document = {
        "name": "x",
        "dicom": {"retain": True, "asymmetric-encryption": True, "public-key": str(certificate)},
    }
    profile = Profile.load(document, files=lambda path: Path(path).read_text())
    assert profile.dicom is not None
    with pytest.raises(ProfileError, match="cannot be read"):
        Profile.load(document, files=lambda path: Path(path + "x").read_text())
