"""The pictures that others publish for me, kept on disk until they are hidden or replaced."""

from hashlib import sha256
from pathlib import Path

from app.domain import Address
from app.paths import make_private


class PictureCache:
    """One file for each address; the first line names the picture by its hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = make_private(folder)

    def load(self, address: Address, picture: str) -> bytes | None:
        """Read that very picture; another one that is still there does not count."""
        try:
            name, _, data = self._path(address).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return data if name == picture.encode() else None

    def save(self, address: Address, picture: str, data: bytes) -> None:
        """Keep a picture in place of an older one."""
        path = self._path(address)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(picture.encode() + b"\n" + data)
        fresh.chmod(0o600)
        fresh.replace(path)

    def erase(self, address: Address) -> None:
        """Forget it: it was hidden, replaced, or its account is gone."""
        self._path(address).unlink(missing_ok=True)

    def _path(self, address: Address) -> Path:
        return self._folder / sha256(address.encode()).hexdigest()[:32]
