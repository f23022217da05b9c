"""Sealing of personal data: AES-256-GCM at rest, a keyed hash to search by, one key an installation.

The key comes from `DOUDI_KEY` (base64, 32 bytes) or from a file that only the service may read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import zlib
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_key: bytes | None = None
_cipher: AESGCM | None = None


def use(key: bytes) -> None:
    """Sets the installation's key: 32 bytes. Raises ValueError for any other length."""
    global _key, _cipher
    if len(key) != 32:
        raise ValueError("the key must be 32 bytes")
    _key, _cipher = key, AESGCM(key)


def load(path: Path) -> None:
    """Uses the key of the environment, else of `path`, making one there (readable by its owner only) when absent."""
    given = os.environ.get("DOUDI_KEY")
    if given:
        use(base64.b64decode(given))
        return
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(base64.b64encode(os.urandom(32)))
    use(base64.b64decode(path.read_bytes()))


def seal(value: Any) -> bytes:
    """JSON value → version byte, nonce and ciphertext."""
    plain = zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)
    nonce = os.urandom(12)
    return _VERSION + nonce + _ready().encrypt(nonce, plain, None)


def unseal(sealed: bytes) -> Any:
    """The JSON value that `seal` hid; raises cryptography's InvalidTag when the key is another one."""
    if sealed[:1] != _VERSION:
        raise ValueError("sealed with an unknown version")
    return json.loads(zlib.decompress(_ready().decrypt(sealed[1:13], sealed[13:], None)))


def seal_bytes(plain: bytes, bound: str) -> bytes:
    """A file as it lies on a disk. `bound` (its name there) is part of the seal, so that one file cannot be put in the
    place of another."""
    nonce = os.urandom(12)
    return _VERSION + nonce + _ready().encrypt(nonce, plain, bound.encode())


def unseal_bytes(sealed: bytes, bound: str) -> bytes:
    """What `seal_bytes` hid; raises cryptography's InvalidTag for another key, another name or a changed byte."""
    if sealed[:1] != _VERSION:
        raise ValueError("sealed with an unknown version")
    return _ready().decrypt(sealed[1:13], sealed[13:], bound.encode())


def fingerprint(text: str) -> str:
    """A keyed hash (hex) under which an ID number or a phone can be found without being readable."""
    _ready()
    assert _key is not None  # noqa: S101 -- _ready() has just made sure of it
    return hmac.new(_key, text.strip().upper().encode(), hashlib.sha256).hexdigest()


def _ready() -> AESGCM:
    if _cipher is None:
        raise RuntimeError("no key is loaded: call engine.secrets.load at start")
    return _cipher
