"""An interrupt, or a request to end, closes the window in order instead of killing the program."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from PySide6.QtCore import QSocketNotifier

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def ended_by_signals(end: Callable[[], object]) -> Iterator[None]:
    """Call `end` on Qt's thread when a signal comes.

    Python runs its handlers between two bytecodes, which never comes while Qt waits: the
    wake-up descriptor is what wakes Qt.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)

    def wake() -> None:
        os.read(reader.fileno(), 64)
        end()

    notifier.activated.connect(wake)
    before = signal.set_wakeup_fd(writer.fileno())
    handlers = [signal.signal(each, _leave_it_to_the_descriptor) for each in SIGNALS]
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        for each, handler in zip(SIGNALS, handlers, strict=True):
            signal.signal(each, handler)
        notifier.setEnabled(False)
        reader.close()
        writer.close()


def _leave_it_to_the_descriptor(_number: int, _frame: FrameType | None) -> None:
    pass
