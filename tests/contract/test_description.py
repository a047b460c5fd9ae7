"""The service agrees with its own description: generated requests, single and in sequences."""

from contextlib import suppress
from itertools import cycle
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition, Unsatisfiable
from schemathesis import Config, GenerationMode
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
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
    answer = case.call(headers=headers)
    try:
        case.validate_response(answer, headers=headers, excluded_checks=EXCLUDED)
    except FailureGroup as found:
        unexpected = [each for each in found.exceptions if not is_harmless(each, case, answer)]
        if unexpected:
            raise
    assert answer.status_code < 500


def is_harmless(failure: BaseException, case: Any, answer: Any) -> bool:
    """Whether what was made wrong did not come to be sent: an empty list, a token left out."""
    raw = case.operation.definition.raw
    parameters = raw.get("parameters", [])
    if not isinstance(failure, AcceptedNegativeData) or "requestBody" in raw:
        return False
    query = {each["name"]: each for each in parameters if each["in"] == "query"}
    sent = parse_qs(urlsplit(answer.request.url).query, keep_blank_values=True)
    needed = {name for name, each in query.items() if each.get("required")}
    return (
        len(query) == len(parameters)  # and nothing in the path
        and needed <= set(sent) <= set(query)
        and all(is_described(query[name]["schema"], values) for name, values in sent.items())
    )


def is_described(schema: Any, values: list[str]) -> bool:
    """Whether a parameter, as it stands in the address, fits its schema."""
    if len(values) != 1:
        return False
    (text,) = values
    value = int(text) if text.isascii() and text.isdigit() else text
    return any(jsonschema_rs.is_valid(schema, each) for each in (text, value))


@pytest.mark.parametrize(
    ("query", "harmless"),
    [("field=name", True), ("", False), ("field=nose", False), ("field=name&x=1", False)],
)
def test_only_what_is_sent_as_described_is_harmless(
    description: Any, query: str, harmless: bool
) -> None:
    case = description["/v1/me/audience"]["GET"].Case()
    answer = SimpleNamespace(request=SimpleNamespace(url=f"http://kith/v1/me/audience?{query}"))
    failure = AcceptedNegativeData(
        operation="GET", message="", status_code=200, expected_statuses=["4xx"]
    )
    assert is_harmless(failure, case, answer) is harmless


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
