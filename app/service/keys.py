"""Addresses at rest: a keyed index to find them by, and sealed text to read them back."""

import os
from hashlib import blake2b
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE: Final = 12
ENVIRONMENT: Final = "KITH_ADDRESS_KEY"


class Keys:
    """One secret, and what is derived from it: the index key, the sealing key, the cursor key."""

    def __init__(self, secret: bytes) -> None:
        self._index_key = _derive(secret, b"index")
        self._cipher = ChaCha20Poly1305(_derive(secret, b"seal"))
        self.cursor_key = _derive(secret, b"cursor")

    def index(self, address: str) -> int:
        """Return a 63-bit number that only this key's holder can compute for an address."""
        digest = blake2b(address.encode(), digest_size=8, key=self._index_key).digest()
        return int.from_bytes(digest, "big") >> 1

    def seal(self, text: str) -> bytes:
        """Encrypt text (RFC 8439); the random nonce comes first."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` made."""
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()


def load_keys(path: Path) -> Keys:
    """Return the keys of the secret in the environment or in a file, which is made when missing."""
    if given := os.environ.get(ENVIRONMENT):
        return Keys(bytes.fromhex(given))
    if not path.exists():
        write_secret(path, os.urandom(32).hex())
    return Keys(bytes.fromhex(path.read_text().strip()))


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"kith " + purpose).derive(secret)
