import pytest

from app.backoff import FIRST_S, LONGEST_S, MOST_S, Backoff


def test_each_wait_is_longer_up_to_a_minute() -> None:
    backoff = Backoff(chance=lambda: 1.0)
    waits = [backoff.next_s() for _ in range(12)]
    assert waits[0] == FIRST_S
    assert waits == sorted(waits)
    assert waits[-1] == MOST_S


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_chance_shortens_a_wait_by_half_at_most(chance: float) -> None:
    wait_s = Backoff(chance=lambda: chance).next_s()
    assert FIRST_S / 2 <= wait_s <= FIRST_S


def test_it_never_asks_sooner_than_the_service_allows() -> None:
    backoff = Backoff()
    assert backoff.next_s(retry_after_s=90.0) >= 90
    assert backoff.next_s(retry_after_s=0.0) > 0


def test_it_never_waits_for_longer_than_a_day() -> None:
    assert Backoff().next_s(retry_after_s=1e9) == LONGEST_S


def test_success_begins_again() -> None:
    backoff = Backoff(chance=lambda: 1.0)
    for _ in range(5):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == FIRST_S
