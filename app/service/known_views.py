"""Views known by their digest: what many are shown, or one again and again, is written once.

What a digest stands for never changes, so nothing in here can be out of date: who sees what is said
by the digest in the relation, which whatever changes a view changes in the same transaction.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from threading import Lock
from typing import Final

from app.service.accounts import NOTHING

MOST: Final = 1 << 16
LONGEST: Final = 400
"""Characters; with `MOST`, the bound of the memory: some 13 MB of usual views."""


class KnownViews:
    """The texts of views, the first forgotten first."""

    def __init__(self) -> None:
        self._texts = {0: NOTHING.decode()}
        self._changing = Lock()

    def texts(self, digests: Iterable[int]) -> list[str | None]:
        """Return the text of each view that is known; the blank one always is."""
        return list(map(self._texts.get, digests))

    def note(self, texts: Mapping[int, str]) -> None:
        """Remember views."""
        short = {digest: text for digest, text in texts.items() if len(text) <= LONGEST}
        with self._changing:
            self._texts.update(short)
            too_many = max(0, len(self._texts) - MOST)
            for digest in list(islice(self._texts, 1, 1 + too_many)):  # the blank one stays
                del self._texts[digest]
