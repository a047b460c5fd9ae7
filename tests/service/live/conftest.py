from collections.abc import Iterator
from itertools import count

import pytest

from tests.contract.outside import Service, serve

_numbers = count(18005570100)


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve(tmp_path_factory.mktemp("live")) as running:
        yield running


def fresh() -> str:
    """An address nobody has used yet."""
    return str(next(_numbers))
