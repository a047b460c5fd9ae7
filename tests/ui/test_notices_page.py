"""What happens without me: announced over the list, found later, kept or undone."""

from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.domain import Field, Visibility
from app.views import Notice, NoticeKind
from tests.ui.conftest import Run, until
from tests.ui.living import ADDRESSES, BO, DAN, ME, Living, living
from tests.ui.test_consequences import window_of
from ui import notice_words
from ui.main_window import MainWindow
from ui.notice_strip import NoticeStrip
from ui.notices_page import NoticesPage, Which
from ui.notifications import Notifications
from ui.plain import one_line
from ui.theme import Theme
from ui.window_state import WindowState


def click(widget: QWidget | None) -> None:
    assert widget is not None
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def texts(widget: QWidget) -> str:
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    return "\n".join(one_line(each.text()) for each in labels)


def a_notice(kind: NoticeKind, **parts: object) -> Notice:
    values: dict[str, object] = {
        "id": 1,
        "at": 0.0,
        "kind": kind,
        "about": "12025550101",
        "contact_id": None,
        "before": None,
        "after": None,
        "detail": "",
        "awaited": False,
        "seen": False,
        "settled": "",
    }
    return Notice(**(values | parts))  # type: ignore[arg-type]  # every member is given by its name


NOTHING = dict.fromkeys(("contact", "subscribed", "favorite", "blocked", "visibility", "fields"), 0)


def test_a_change_is_said_by_what_is_different() -> None:
    def said(before: dict[str, int], after: dict[str, int]) -> str:
        notice = a_notice(NoticeKind.CHANGED, before=NOTHING | before, after=NOTHING | after)
        return one_line(notice_words.sentence(notice, "Ada"))

    assert said({"contact": 1}, {"contact": 1, "favorite": 1}) == "Ada now is a favorite."
    assert said({"subscribed": 1}, {"blocked": 3}) == "Ada now is not followed and is blocked."
    assert said({}, {"visibility": int(Visibility.HIDDEN)}) == (
        "Ada now sees what you chose as Hidden."
    )
    assert "was changed in another session" in said({"blocked": 1}, {"blocked": 3})


def test_a_refusal_names_the_part_and_somebody_without_a_name_the_number() -> None:
    refused = a_notice(NoticeKind.REFUSED, about="field:birthday", detail="Too large.")
    assert one_line(notice_words.sentence(refused, "")) == (
        "The service did not take your birthday."
    )
    joined = a_notice(NoticeKind.JOINED)
    assert one_line(notice_words.sentence(joined, "")) == "+1 202 555 0101 has joined."


async def write_to_me(here: Living, who: str) -> None:
    """Somebody I do not keep writes, which makes me follow them."""
    here.session.remove([here.people[who]])
    await here.session.settled()
    body = {"id": str(uuid4()), "to": ME, "text": "Hello"}
    await here.act(who, "POST", "/v1/messages", body)
    await until(lambda: here.session.notices.unseen() == 1)


async def strip_of(window: MainWindow) -> NoticeStrip:
    await until(lambda: window.list.findChild(NoticeStrip) is not None)
    strip = window.list.findChild(NoticeStrip)
    assert strip is not None
    return strip


def test_one_thing_is_announced_with_keep_and_undo(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = await window_of(here, dress, tmp_path)
            strip = await strip_of(window)
            assert not strip.isVisible()
            await write_to_me(here, BO)
            await until(strip.isVisible)
            assert "wrote to you, and you follow them now" in texts(strip)
            assert "1" in window.rail.pages["notices"].accessibleName()
            click(strip.undo)
            assert not strip.isVisible()
            assert here.session.owners([ADDRESSES[BO]]) == {}
            assert here.session.notices.unseen() == 0
            await window.close_window()
            window.deleteLater()

    run(story())


def test_all_of_it_is_found_later_filtered_and_decided(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            await write_to_me(here, BO)
            page = NoticesPage(here.session, here.tasks)
            page.resize(700, 700)
            page.show()
            page.activateWindow()
            await until(lambda: "follow them now" in texts(page))
            assert here.session.notices.unseen() == 0
            click(page.which.segment(Which.PEOPLE))
            assert page.empty.isVisible()
            click(page.which.segment(Which.OPEN))
            click(page.findChild(QPushButton, "notice_keep"))
            await until(page.empty.isVisible)
            click(page.which.segment(Which.ALL))
            await until(lambda: "Kept" in texts(page))
            assert page.findChild(QPushButton, "notice_undo") is None
            page.close_page()

    run(story())


def test_a_refused_change_leads_to_its_page(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = await window_of(here, dress, tmp_path)
            strip = await strip_of(window)
            here.session.save_me({Field.ABOUT: "x" * 20_000})
            await until(strip.isVisible)
            assert "did not take your about" in texts(strip)
            assert not strip.undo.isVisible()
            click(strip.show_them)
            assert window.stage.place == "profile"
            assert not strip.isVisible()
            await window.close_window()
            window.deleteLater()

    run(story())


def test_who_was_waited_for_is_told_whatever_the_settings_say(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            state = WindowState(tmp_path / "window.ini")
            state.notify_joined = False
            here.session.pending.await_([ADDRESSES[DAN]], on=True)
            parent = QWidget()
            notifications = Notifications(here.session, parent, state)
            told: list[str] = []
            notifications.told.connect(told.append)
            strip = NoticeStrip(here.session)
            await here.join(DAN)
            await until(lambda: told)
            assert told == ["Dan, whom you waited for, has joined"]
            await until(lambda: one_line(strip.words.text()) == "Dan has joined.")
            notifications.close()
            parent.deleteLater()
            strip.deleteLater()

    run(story())
