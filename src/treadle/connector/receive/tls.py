"""TLS 1.2 or later for the receiver (DICOM PS3.15 annex B.12: BCP 195)."""

import ssl


def server_context(*, cert: str, key: str, ca: str | None, client_auth: str) -> ssl.SSLContext:
    """What the secure port speaks; OSError when a file cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key)
    if ca is not None:
        context.load_verify_locations(ca)
    context.verify_mode = {
        "required": ssl.CERT_REQUIRED,
        "optional": ssl.CERT_OPTIONAL,
        "none": ssl.CERT_NONE,
    }[client_auth]
    return context
