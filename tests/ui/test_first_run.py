"""The first question, and signing in."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from keyring.backends.null import Keyring as NullKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import saved_account
from app.account import Account
from app.domain import Address, State
from app.paths import Paths
from app.session import Session, Status
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, ADDRESSES, ME, Living, living
from ui import choosing, main
from ui.first_run import FirstRun
from ui.theme import Theme

HERE = Account("", Address("me"), "", embedded=True)


def the_window(qapp: QApplication) -> FirstRun | None:
    found = [each for each in qapp.topLevelWidgets() if isinstance(each, FirstRun)]
    return next((each for each in found if each.isVisible()), None)


async def choosing_by(qapp: QApplication, paths: Paths, act: object) -> Account | None:
    ending = asyncio.Event()
    asking = asyncio.ensure_future(choosing.choose_account(paths, HERE, ending))  # noqa: TID251 - the question and its answer
    await until(lambda: the_window(qapp) is not None)
    window = the_window(qapp)
    assert window is not None
    assert callable(act)
    outcome = act(window, ending)
    if outcome is not None:
        await outcome
    return await asking


def choose(run: Run, qapp: QApplication, tmp_path: Path, act: object) -> list[Account | None]:
    answers: list[Account | None] = []

    async def story() -> None:
        answers.append(await choosing_by(qapp, Paths(tmp_path), act))

    run(story())
    return answers


def test_here_is_one_click(run: Run, qapp: QApplication, dress: Theme, tmp_path: Path) -> None:
    answers = choose(run, qapp, tmp_path, lambda window, ending: window.here.click())
    assert answers == [HERE]


def test_here_is_one_key(run: Run, qapp: QApplication, dress: Theme, tmp_path: Path) -> None:
    async def press(window: FirstRun) -> None:
        window.activateWindow()
        await until(window.here.hasFocus)
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)

    answers = choose(run, qapp, tmp_path, lambda window, ending: press(window))
    assert answers == [HERE]


def test_closing_the_window_is_an_answer(
    run: Run, qapp: QApplication, dress: Theme, tmp_path: Path
) -> None:
    assert choose(run, qapp, tmp_path, lambda window, ending: window.close() and None) == [None]


def test_the_end_of_the_program_is_an_answer(
    run: Run, qapp: QApplication, dress: Theme, tmp_path: Path
) -> None:
    assert choose(run, qapp, tmp_path, lambda window, ending: ending.set()) == [None]


def test_a_service_that_does_not_answer_is_said_beside_what_was_typed(
    run: Run, qapp: QApplication, dress: Theme, tmp_path: Path
) -> None:
    async def try_it(window: FirstRun, ending: asyncio.Event) -> None:
        window.pages.setCurrentIndex(1)
        QTest.keyClicks(window.url, "http://127.0.0.1:9")
        QTest.keyClicks(window.token, "secret")
        window.connect_button.click()
        await until(window.trouble.isVisible)
        assert "does not answer" in window.trouble.accessibleName()
        assert window.url.text() == "http://127.0.0.1:9"
        assert window.token.text() == "secret"
        assert window.connect_button.isEnabled()
        ending.set()

    assert choose(run, qapp, tmp_path, try_it) == [None]


def test_without_a_keyring_the_form_says_that_the_token_is_asked_for_again(
    run: Run, qapp: QApplication, dress: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_account, "get_keyring", NullKeyring)

    async def look(window: FirstRun, ending: asyncio.Event) -> None:
        await until(lambda: "each time" in window.kept.text())
        ending.set()

    assert choose(run, qapp, tmp_path, look) == [None]


def test_an_account_without_its_token_is_asked_for_and_not_taken_for_the_one_here(
    run: Run, qapp: QApplication, dress: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_account, "get_keyring", NullKeyring)
    paths = Paths(tmp_path)
    paths.service_dir.mkdir()
    found: list[Account | None] = []

    async def story() -> None:
        ending = asyncio.Event()
        found.append(await main._find_account(paths, dress, ending))
        await saved_account.save_account(paths, Account("http://service", Address("bo"), "token"))
        ending.set()
        found.append(await main._find_account(paths, dress, ending))

    run(story())
    assert found == [main.HERE, None]


def test_the_people_of_this_computer_come_along_where_that_is_wanted(
    run: Run, qapp: QApplication, dress: Theme, tmp_path: Path
) -> None:
    paths = Paths(tmp_path)

    async def bring(server: Living, window: FirstRun, ending: asyncio.Event) -> None:
        window.show_form()
        assert "2 people" in window.bring.title.text()
        assert not window.bring.is_on()
        window.url.setText(server.url)
        window.token.setText(server.tokens[ME])
        QTest.mouseClick(window.bring.switch, Qt.MouseButton.LeftButton)
        QTest.keyClick(window.token, Qt.Key.Key_Return)

    async def story() -> None:
        async with Session(None, paths) as session:
            session.add_contact("Zoe", ["+12025550177"], "US")
            session.add_contact(ADA, [f"+{ADDRESSES[ADA]}"], "US")
        async with living(tmp_path / "there") as server:
            account = await choosing_by(qapp, paths, partial(bring, server))
            assert account is not None
            assert account.address == ME
            async with Session(account, paths) as session:
                await until(lambda: session.state.status is Status.IDLE)
                states = {row.name: row.state for row in session.rows()}
                assert states["Zoe"] is State.PENDING
                assert states[ADA] is State.MATCHED

    run(story())


def test_nothing_is_offered_where_nobody_is(qapp: QApplication, dress: Theme) -> None:
    window = FirstRun()
    window.show()
    window.show_form()
    assert window.url.isVisible()
    assert not window.bring.isVisible()
    window.close()


@pytest.mark.parametrize(
    ("url", "token", "says"),
    [
        ("kith.example.org", "t", "begins with https://"),
        ("http://[", "t", "begins with https://"),
        ("https://kith.example.org:port", "t", "begins with https://"),
        ("https://kith.example.org", " ", "token is missing"),
        ("http://kith.example.org", "t", "not encrypted"),
    ],
)
def test_what_cannot_be_is_said_at_once(
    qapp: QApplication, dress: Theme, url: str, token: str, says: str
) -> None:
    window = FirstRun()
    window.url.setText(url)
    window.token.setText(token)
    window.connect_button.click()
    assert says in window.trouble.accessibleName()
    assert window.token.echoMode() is window.token.EchoMode.Password


def test_an_open_road_is_taken_only_when_asked_for_twice(qapp: QApplication, dress: Theme) -> None:
    window = FirstRun()
    asked: list[str] = []
    window.service_chosen.connect(lambda url, _token: asked.append(url))
    window.token.setText("t")
    for url in ("http://kith.lan:8470", "http://kith.other:8470", "http://kith.other:8470"):
        assert not asked
        window.url.setText(url)
        window.connect_button.click()
    assert asked == ["http://kith.other:8470"]
    window.set_busy(False)
    window.url.setText("http://127.0.0.1:8470")
    window.connect_button.click()
    assert asked[1:] == ["http://127.0.0.1:8470"]
