"""TLS 1.2 or later towards devices that we call (DICOM PS3.15 annex B.12: BCP 195)."""

from __future__ import annotations

import ssl
from pathlib import Path


def client_context(
    *, ca: Path | None, cert: Path | None, key: Path | None, checks_name: bool = False
) -> ssl.SSLContext:
    """What calls to a device speak; OSError when a file cannot be used.

    Devices are configured by address, so by default the authority decides and not the name in the certificate.
    """
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = checks_name
    if cert is not None:
        context.load_cert_chain(cert, key)
    return context
