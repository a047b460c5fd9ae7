"""What the collector looks at, and what it passes by."""

import gc
import weakref

from ui import garbage


class Knot:
    """Refers to itself, so that only the collector can end it."""

    def __init__(self) -> None:
        self.me = self


def test_what_was_there_is_passed_by_until_the_end_and_what_came_since_is_collected() -> None:
    before = weakref.ref(Knot())
    with garbage.passed_by():
        assert gc.get_freeze_count() > 0
        since = weakref.ref(Knot())
        gc.collect()
        assert before() is not None
        assert since() is None
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert before() is None
