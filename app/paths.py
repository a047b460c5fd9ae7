"""Where everything lives on this computer: the platform's data folder, or `$KITH_HOME`."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from platformdirs import user_data_path


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files under one home; only the owner of the computer may look inside."""

    home: Path

    @property
    def service_dir(self) -> Path:
        """Where the embedded service keeps its data."""
        return self.home / "service"

    @property
    def account_file(self) -> Path:
        """Which account is mine; never its token."""
        return self.home / "account.json"

    @property
    def tables_file(self) -> Path:
        """What I said of the columns of tables; of no value to anybody else."""
        return self.home / "tables.json"

    def account_dir(self, url: str, address: str) -> Path:
        """Where one account's book and pictures are, apart from any other account's."""
        digest = sha256(f"{url}\n{address}".encode()).hexdigest()
        return self.home / "accounts" / digest[:16]

    @property
    def local_dir(self) -> Path:
        """Where the book is while there is no account yet."""
        return self.home / "accounts" / "local"


def default_paths() -> Paths:
    """Choose the home: `$KITH_HOME` where it is set, else the platform's data folder."""
    chosen = os.environ.get("KITH_HOME")
    return Paths(Path(chosen).absolute() if chosen else user_data_path("kith", appauthor=False))


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner may enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
