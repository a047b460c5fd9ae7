"""The window's event loop: Qt's, which also ends the generators that nobody finished."""

import sys

from qasync import QEventLoop


class Loop(QEventLoop):  # type: ignore[misc]  # qasync ships no types
    """qasync's loop with the hooks of asyncio's own for asynchronous generators.

    Without them an abandoned one, such as a live stream that was cut off, is ended outside of the
    loop, where it cannot close its connection.
    """

    def run_forever(self) -> int:
        """Run until stopped."""
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(
            firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook
        )
        try:
            result: int = super().run_forever()
        finally:
            sys.set_asyncgen_hooks(*before)
        return result
