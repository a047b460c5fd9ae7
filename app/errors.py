"""Every error that Kith raises for somebody to act on.

KithError
├─ CardUnreadable      path, line       a file that cannot be read at all
├─ InvalidAddress      text, reason     cannot become an address
├─ Unreachable         retry_after_s    no answer, or 5xx and 429: try again
│  ├─ OverBudget                        only this address has to wait
│  └─ Untrusted                         somebody answers who cannot prove to be the service
├─ Refused             slug, detail     an answer that will not change by trying again
│  └─ SignedOut                         the token is no longer good
├─ StoreDamaged        path             our own file does not open
└─ HostFailed          detail           the embedded service did not start

Errors carry facts; the sentences for people are made where they are shown.
"""

from enum import StrEnum
from pathlib import Path


class KithError(Exception):
    """The root: everything a caller may expect to go wrong."""


class CardUnreadable(KithError):
    """A file that cannot be read at all; one bad card is never a reason to raise."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason
        self.line = line


class Trouble(StrEnum):
    """What is wrong with an address, finer than the wire's reason, for the screen to word."""

    EMPTY = "empty"
    LETTERS = "letters"
    CHARACTERS = "characters"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    SHORT_CODE = "short-code"
    NO_COUNTRY = "no-country"
    NO_SUCH_NUMBER = "no-such-number"
    SELF = "self"
    SHARED = "shared"
    """Another person in the book has it too, and keeps it."""


class InvalidAddress(KithError):
    """Text that cannot become an address; `reason` is `invalid`, `too-long` or `self`."""

    def __init__(
        self, text: str, reason: str = "invalid", detail: Trouble = Trouble.CHARACTERS
    ) -> None:
        super().__init__(reason)
        self.text = text
        self.reason = reason
        self.detail = detail


class Unreachable(KithError):
    """No answer for now."""

    def __init__(self, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s


class OverBudget(Unreachable):
    """Too many new addresses were asked about; this one has to wait, and others need not."""


class Untrusted(Unreachable):
    """Its certificate is not to be trusted, so nothing was sent: no token, no address."""


class Refused(KithError):
    """The service understood and said no; `slug` ends the `type` (RFC 9457, 3.1.1)."""

    def __init__(self, slug: str, detail: str, status: int = 422) -> None:
        super().__init__(slug)
        self.slug = slug
        self.detail = detail
        self.status = status


class SignedOut(Refused):
    """The token is no longer good."""

    def __init__(self, detail: str = "The token is not valid any more.") -> None:
        super().__init__("unauthorized", detail, 401)


class StoreDamaged(KithError):
    """Our own file does not open."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(detail)
        self.path = path
        self.detail = detail


class HostFailed(KithError):
    """The embedded service did not start, or ended by itself."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
