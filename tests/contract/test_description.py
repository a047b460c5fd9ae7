"""The service agrees with its own description: generated requests, single and in sequences."""

from contextlib import suppress
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition, Unsatisfiable
from schemathesis import Config, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.contract.conftest import fresh
from tests.contract.outside import Service

LONG = [pytest.mark.long, pytest.mark.timeout(1800)]
EXAMPLES = [4, pytest.param(100, marks=LONG)]
QUIET = [HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
# What is valid also depends on the caller (which sets are theirs) and on bytes that must be a
# picture, which no schema can say; everything else about valid data is checked.
EXCLUDED = [positive_data_acceptance]
# Any text may be a cursor; one that is not ours is refused with 410.
CONFIG = Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}}})

SCENARIO = settings(
    max_examples=4,
    stateful_step_count=10,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=QUIET,
)


def budget(examples: int) -> settings:
    """Return how much to try: a few of the same each time, or many new ones."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=QUIET,
        derandomize=examples == EXAMPLES[0],
    )


@pytest.fixture(scope="session")
def tokens(running_service: Service) -> dict[str, str]:
    """One token for each kind of caller."""
    (user,) = running_service.people(fresh(), name="Somebody")
    return {"user": user.token, "operator": running_service.operator_key}


@pytest.fixture(scope="session")
def description(running_service: Service) -> Any:
    """The service's description, but for the live stream, which does not end."""
    found = schemathesis.openapi.from_url(running_service.url + "/openapi.json", config=CONFIG)
    return found.exclude(path="/v1/events")


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("who", ["user", "operator"])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_call_is_as_described(
    description: Any, tokens: dict[str, str], who: str, mode: GenerationMode, examples: int
) -> None:
    for found in description.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @budget(examples)
        def one(case: Any) -> None:
            check(case, tokens[who])

        with suppress(Unsatisfiable):  # a call without parameters cannot be made wrong
            one()


def check(case: Any, token: str) -> None:
    """Send one generated request, and hold the answer against the description."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = case.call_and_validate(headers=headers, excluded_checks=EXCLUDED)
    assert answer.status_code < 500


@pytest.mark.parametrize("scenarios", [2, pytest.param(40, marks=LONG)])
def test_calls_in_sequence_are_as_described(
    description: Any, running_service: Service, scenarios: int
) -> None:
    """Two people in turn, each of whom finds what the other has left."""
    people = cycle(running_service.people(fresh(), fresh(), name="Somebody"))
    failures: list[FailureGroup] = []

    class Machine(description.as_state_machine()):  # type: ignore[misc]  # made at run time
        def setup(self) -> None:
            super().setup()
            self.headers = {"Authorization": f"Bearer {next(people).token}"}

        def get_call_kwargs(self, case: Any) -> Any:
            return {"headers": self.headers}

        def validate_response(self, response: Any, case: Any, **more: Any) -> None:
            try:
                case.validate_response(response, headers=self.headers, excluded_checks=EXCLUDED)
            except FailureGroup as failure:
                failures.append(failure)
                raise

    for number in range(scenarios):
        # What a call answers depends on those before it, so the same choices may lead elsewhere
        # the next time: Hypothesis ends a scenario then, and the next one begins.
        with suppress(FlakyStrategyDefinition):
            seed(number)(Machine).run(settings=SCENARIO)
    assert not failures
