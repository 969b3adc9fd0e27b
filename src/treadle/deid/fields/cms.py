"""Cryptographic Message Syntax (RFC 5652), as far as encrypted attributes need it: enveloped data.

Written as by `openssl cms -encrypt -binary -outform PEM`: with `-secretkey KEY -secretkeyid 00`, or with `-recip` for
every certificate, always with AES-256. Read is what either makes, also in DER.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from asn1crypto import cms, pem
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options
from cryptography.x509 import load_pem_x509_certificate

KEY_ID = b"\0"
_BLOCK, _KEY_BYTES = 16, 32
_BEGIN = b"-----BEGIN"
_READABLE: dict[tuple[str, str], type[AES | TripleDES]] = {
    ("aes", "cbc"): AES,
    ("tripledes", "cbc"): TripleDES,
}  # openssl up to 3.1 takes the latter when not told otherwise


class CmsError(ValueError):
    """A key or message that cannot be used; says nothing of either."""


def sealed_by(key: bytes, content: bytes) -> bytes:
    """Content encrypted under a secret that both sides have."""
    inner, vector = os.urandom(_KEY_BYTES), os.urandom(_BLOCK)
    padder = padding.PKCS7(8 * _BLOCK).padder()
    encryptor = Cipher(AES(inner), CBC(vector)).encryptor()
    body = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    recipient = cms.KEKRecipientInfo(
        {
            "version": "v4",
            "kekid": {"key_identifier": KEY_ID},
            "key_encryption_algorithm": {"algorithm": f"aes{8 * len(key)}_wrap"},
            "encrypted_key": aes_key_wrap(key, inner),
        }
    )
    message = cms.EnvelopedData(
        {
            "version": "v2",
            "recipient_infos": [cms.RecipientInfo("kekri", recipient)],
            "encrypted_content_info": {
                "content_type": "data",
                "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": vector},
                "encrypted_content": body,
            },
        }
    )
    whole = cms.ContentInfo({"content_type": "enveloped_data", "content": message})
    return bytes(pem.armor("CMS", whole.dump()))


def sealed_to(certificates: Sequence[str], content: bytes) -> bytes:
    """Content that the holder of any of the certificates' private keys can read."""
    builder = PKCS7EnvelopeBuilder().set_data(content).set_content_encryption_algorithm(AES256)
    for text in certificates:
        try:
            builder = builder.add_recipient(load_pem_x509_certificate(text.encode()))
        except (ValueError, TypeError) as error:
            raise CmsError("no certificate of an RSA key in PEM") from error
    found = builder.encrypt(serialization.Encoding.DER, [PKCS7Options.Binary])
    return bytes(pem.armor("CMS", found))


def opened(message: bytes, *, key: bytes = b"", private: str = "") -> bytes:
    """The content, by the secret `key` or by a `private` key in PEM."""
    try:
        der = pem.unarmor(message.rstrip(b"\0 "))[2] if message.startswith(_BEGIN) else message
        envelope = cms.ContentInfo.load(der)["content"]
        inner = _inner(envelope["recipient_infos"], key, private)
        content = envelope["encrypted_content_info"]
        cipher = content["content_encryption_algorithm"]
        algorithm = _READABLE[cipher.encryption_cipher, cipher.encryption_mode]
        decryptor = Cipher(algorithm(inner), CBC(cipher.encryption_iv)).decryptor()
        unpadder = padding.PKCS7(8 * cipher.encryption_block_size).unpadder()
        body = decryptor.update(content["encrypted_content"].native) + decryptor.finalize()
        return unpadder.update(body) + unpadder.finalize()
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise CmsError("no message for this key") from error


def _inner(recipients: cms.RecipientInfos, key: bytes, private: str) -> bytes:
    """The key of the content: of the recipients the first that it opens for."""
    loaded = serialization.load_pem_private_key(private.encode(), None) if private else None
    for recipient in recipients:
        try:
            if recipient.name == "kekri" and key:
                return aes_key_unwrap(key, recipient.chosen["encrypted_key"].native)
            if recipient.name == "ktri" and isinstance(loaded, rsa.RSAPrivateKey):
                inner = loaded.decrypt(recipient.chosen["encrypted_key"].native, PKCS1v15())
                if len(inner) in {16, 24, 32}:
                    return inner
        except (InvalidUnwrap, ValueError):
            continue
    raise CmsError("no message for this key")
