"""What the foot of the rail says in each state."""

import pytest

from app.session import SessionState, Status
from ui.icons import Icon
from ui.sync_indicator import shown

NOW = 1_760_000_000.0


@pytest.mark.parametrize(
    ("state", "title", "detail", "way"),
    [
        (SessionState(Status.IDLE, last_synced=NOW - 5), "Up to date", "Synced just now", "sync"),
        (SessionState(Status.IDLE), "Ready", "Never synced", "sync"),
        (SessionState(Status.WORKING, 6200, 9812), "Syncing", "6,200 of 9,812", "pause"),
        (
            SessionState(Status.OFFLINE, waiting=12, retry_at=NOW + 8),
            "Offline",
            "12 changes waiting, retry in 8 s",
            "sync",
        ),
        (SessionState(Status.OFFLINE, retry_at=NOW - 1), "Offline", "", "sync"),
        (
            SessionState(Status.OFFLINE, waiting=1, retry_at=NOW + 8, untrusted=True),
            "Not safe",
            "The server cannot prove to be the service. Nothing was sent.",
            "sync",
        ),
        (SessionState(Status.WAITING, waiting=1), "Not sent yet", "1 change waiting", "sync"),
        (SessionState(Status.PAUSED, waiting=3), "Sync paused", "3 changes waiting", "resume"),
        (SessionState(Status.SIGNED_OUT), "Signed out", "Your contacts are safe here.", "sign_in"),
    ],
)
def test_each_state_says_what_is_and_what_can_be_done(
    state: SessionState, title: str, detail: str, way: str
) -> None:
    what = shown(state, NOW)
    assert (what.title, what.detail, what.way) == (title, detail, way)


def test_every_state_has_its_own_icon() -> None:
    icons = [shown(SessionState(status), NOW).icon for status in Status]
    assert len(set(icons)) == len(Status)
    assert Icon.OFFLINE in icons
