"""Addresses at rest: a number to find them by, and sealed text to read them back.

An address of up to 15 characters, so every phone number, is one block of AES under the service's
key. No two addresses make the same block, so encrypting block by block gives nothing away that the
index would not; and thousands are encrypted in one call, which is what lets a book be matched in
milliseconds.
"""

import os
import struct
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import HostFailed
from app.paths import write_private

NONCE: Final = 12
BLOCK: Final = 16
PAD: Final = "\0"
"""Fills a block up; no address contains it, and one that fills a block has none left."""
ENVIRONMENT: Final = "KITH_ADDRESS_KEY"
SHORTEST: Final = 16
"""Bytes of a secret that nobody guesses; a file that was cut short holds none."""


class Keys:
    """One secret, and what is derived from it: for the index, for sealing, for cursors."""

    def __init__(self, secret: bytes) -> None:
        self._index_key = _derive(secret, b"index")
        self._blocks = Cipher(AES(_derive(secret, b"block")), ECB())
        self._cipher = ChaCha20Poly1305(_derive(secret, b"seal"))
        self.cursor_key = _derive(secret, b"cursor")

    def index(self, address: str) -> int:
        """Return a 63-bit number that only this key's holder can compute for an address."""
        return self.lock([address])[0][0]

    def seal_address(self, address: str) -> bytes:
        """Encrypt an address: one block, or a sealed text where it is too long for that."""
        return self.lock([address])[1][0]

    def lock(self, addresses: Sequence[str]) -> tuple[list[int], list[bytes]]:
        """Return the number and the sealed form of each address."""
        if max(map(len, addresses), default=0) >= BLOCK:
            return self._lock_mixed(addresses)
        blocks = self._encrypt(addresses)
        halves = struct.unpack(">" + "Q8x" * len(addresses), blocks)
        sealed = struct.unpack("16s" * len(addresses), blocks)
        return [half >> 1 for half in halves], list(sealed)

    def _lock_mixed(self, addresses: Sequence[str]) -> tuple[list[int], list[bytes]]:
        short = [address for address in addresses if len(address) < BLOCK]
        found = dict(zip(short, zip(*self.lock(short), strict=True), strict=True))
        both = [
            found.get(address) or (self._index_long(address), self.seal(address))
            for address in addresses
        ]
        return [index for index, _ in both], [sealed for _, sealed in both]

    def unlock(self, sealed: Sequence[bytes]) -> list[str]:
        """Decrypt what `lock` sealed."""
        if all(len(each) == BLOCK for each in sealed):
            text = self._blocks.decryptor().update(b"".join(sealed)).decode()
            return [text[start : start + BLOCK].rstrip(PAD) for start in range(0, len(text), BLOCK)]
        return [
            self.unlock([each])[0] if len(each) == BLOCK else self.unseal(each) for each in sealed
        ]

    def seal(self, text: str) -> bytes:
        """Encrypt text (RFC 8439); the random nonce comes first."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` made."""
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()

    def _encrypt(self, addresses: Sequence[str]) -> bytes:
        blocks = "".join([address.ljust(BLOCK, PAD) for address in addresses])
        return self._blocks.encryptor().update(blocks.encode("ascii"))

    def _index_long(self, address: str) -> int:
        digest = blake2b(address.encode(), digest_size=8, key=self._index_key).digest()
        return int.from_bytes(digest, "big") >> 1


def load_keys(path: Path) -> Keys:
    """Return the keys of the secret in the environment or in a file, which is made when missing."""
    given = os.environ.get(ENVIRONMENT)
    if not given and not path.exists():
        write_private(path, f"{os.urandom(32).hex()}\n".encode())
    try:
        secret = bytes.fromhex(given or path.read_text().strip())
    except ValueError:
        secret = b""
    if len(secret) < SHORTEST:
        place = ENVIRONMENT if given else path
        raise HostFailed(f"{place} holds no key, which is {2 * SHORTEST} or more of 0-9 and a-f")
    return Keys(secret)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"kith " + purpose).derive(secret)
