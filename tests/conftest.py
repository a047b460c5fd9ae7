"""What holds for all tests: the same examples in every short run, and interrupts that arrive."""

import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "any",
    deadline=None,  # nothing is said of a slow computer
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("same", parent=settings.get_profile("any"), derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """`./kith test --long` is not kept from anything; every other run repeats itself."""
    settings.load_profile("same" if config.getoption("markexpr") else "any")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # a shell starts what is in its background so, and every process below inherits it
        signal.signal(signal.SIGINT, signal.default_int_handler)
