"""Made-up examples are the same ones in every short run, and other ones in each long one."""

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
