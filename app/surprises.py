"""What nobody expected, told by its kind and where it arose: its text may name somebody."""

import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

DEPTH: Final = 8
"""Frames, the innermost ones: as many as it takes to find the place."""


def innermost(error: BaseException) -> Iterator[BaseException]:
    """Give what is inside of a group of errors, or the one error itself."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from innermost(each)
    else:
        yield error


def report(error: BaseException) -> str:
    """Write a line for the kind and one for each place, for those who mend it."""
    return "\n".join(
        line
        for each in islice(innermost(error), DEPTH)
        for line in (type(each).__name__, *_places(each))
    )


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-DEPTH:]
    return [f"    {Path(each.filename).name}:{each.lineno} {each.name}" for each in frames]
