"""Does Ada see my status, why, and how do I change it for her alone?"""

from pathlib import Path

from PySide6.QtWidgets import QPushButton

from app.domain import Field, Visibility
from app.paths import Paths
from app.session import Session
from tests.ui.by_hand import click, find
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, ADDRESSES, BO, Living, living
from tests.ui.test_consequences import page_of
from ui.contact_page import ContactPage
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Theme


def answer(page: ContactPage) -> str:
    words = page.visibility.words
    return one_line(words.text()) if words.isVisible() else ""


async def sees_status(here: Living, who: str) -> bool:
    preview = await here.session.preview(viewer=ADDRESSES[who])
    return preview.fields[Field.STATUS].visible


def test_the_answer_its_reason_and_the_change_are_a_click_each(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await page_of(here, ADA)
            await until(lambda: answer(page).startswith("Ada Okafor sees your name, status"))
            assert page.visibility.why.isVisible()
            asked: list[object] = []
            page.visibility.why_wanted.connect(lambda _person, field: asked.append(field))
            click(find(page.visibility, QPushButton, "why"))
            assert asked == [None]

            before = page.visibility.words.text()
            click(page.visibility.choice.segment(int(Visibility.CUSTOM)))
            await until(page.visibility.custom.isVisible)
            await here.session.settled()
            await until(lambda: not page.visibility.is_stale)
            assert page.visibility.words.text() == before
            click(page.visibility.switches[Field.STATUS].switch)
            await until(lambda: "do not see your status" in answer(page))
            await here.session.settled()
            assert not page.visibility.impact.asking
            assert not await sees_status(here, ADA)
            assert await sees_status(here, BO)
            here.session.undo()
            await until(lambda: "sees your name, status" in answer(page))
            page.close_page()

    run(story())


def test_without_an_answer_there_is_no_why(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            ada = session.add_contact(ADA, ["+12025550101"], "US")
            tasks = Tasks(print)
            page = ContactPage(session, tasks)
            page.show()
            page.show_contact(ada)
            await until(page.visibility.note.isVisible)
            assert not page.visibility.why.isVisible()
            page.close_page()
            await tasks.close()

    run(story())
