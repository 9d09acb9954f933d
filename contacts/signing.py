"""The key that signs what leaves the portal to be used without it (decision 0010).

ECDSA on P-256: every browser's WebCrypto verifies it. The key is `DIRECTORY_SIGNING_KEY`, a PEM
without a passphrase; without one it is derived from `SECRET_KEY`, the same in every process.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LABEL = b"safeguarding portal: directory bundle"
HALF = 32


@lru_cache(maxsize=2)
def _private_key(pem: str, secret: str) -> ec.EllipticCurvePrivateKey:
    """Return the key of the setting, or the one that follows from the portal's secret.

    Raises `ImproperlyConfigured` for a key of another kind.
    """
    if not pem:
        # 48 bytes, reduced modulo the order of the group less one: no visible bias.
        derived = HKDF(hashes.SHA256(), length=48, salt=None, info=LABEL).derive(secret.encode())
        order = ec.SECP256R1().group_order
        return ec.derive_private_key(int.from_bytes(derived) % (order - 1) + 1, ec.SECP256R1())
    try:
        key = serialization.load_pem_private_key(pem.replace("\\n", "\n").encode(), None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured("DIRECTORY_SIGNING_KEY is not a PEM private key.") from error
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1"):
        raise ImproperlyConfigured("DIRECTORY_SIGNING_KEY must be a P-256 key.")
    return key


def _key() -> ec.EllipticCurvePrivateKey:
    return _private_key(settings.DIRECTORY_SIGNING_KEY, settings.SECRET_KEY)


def sign(text: str) -> str:
    """Return the signature of a text, base64 over r and s of 32 bytes each, as WebCrypto wants."""
    r, s = decode_dss_signature(_key().sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return base64.b64encode(r.to_bytes(HALF) + s.to_bytes(HALF)).decode()


def public_key() -> str:
    """Return the public key, base64 of its SubjectPublicKeyInfo, to pin in a page."""
    der = (
        _key()
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()
