"""Every problem the service answers with (RFC 9457): one table from slug to status and title."""

from typing import Final

import msgspec

from app.wire import PROBLEM_TYPE, Problem

PROBLEMS: Final = {
    "bad-request": (400, "This is not HTTP"),
    "invalid": (422, "The request is not as the service expects it"),
    "invalid-address": (422, "This cannot be an address"),
    "unauthorized": (401, "No valid token"),
    "operator-only": (403, "Only the operator may do this"),
    "user-only": (403, "Only a user may do this"),
    "not-found": (404, "There is nothing here"),
    "no-account": (404, "No account has this address"),
    "no-relation": (404, "You keep nothing about this address"),
    "no-picture": (404, "There is no picture"),
    "method-not-allowed": (405, "This cannot be done here"),
    "exists": (409, "An account has this address already"),
    "you-block-them": (409, "You block this address"),
    "reset": (410, "This cursor is no longer good"),
    "too-large": (413, "The request is too large"),
    "too-many": (413, "Too many at once"),
    "unsupported-media-type": (415, "The service cannot read this kind of content"),
    "picture": (422, "This picture cannot be taken"),
    "profile-too-large": (422, "The profile is too large"),
    "over-budget": (429, "Too many new addresses"),
    "out-of-reach": (403, "Out of reach"),
    "unavailable": (503, "The service cannot answer now"),
    "internal": (500, "The service failed"),
}


class ProblemError(Exception):
    """An answer that is a problem; `detail` says what to do and names nobody else."""

    def __init__(self, slug: str, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(slug)
        self.slug = slug
        self.detail = detail
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.slug][0]

    @property
    def body(self) -> bytes:
        """The JSON."""
        status, title = PROBLEMS[self.slug]
        return msgspec.json.encode(Problem(PROBLEM_TYPE + self.slug, title, status, self.detail))


class Unavailable(ProblemError):
    """For now nothing can be read or sent; it passes."""

    def __init__(self) -> None:
        super().__init__("unavailable", "Try again in a moment.", retry_after=1)
