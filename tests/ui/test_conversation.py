"""A message that cannot be kept stays where it was written."""

import sqlite3
from pathlib import Path

import pytest

from tests.ui.conftest import Run
from tests.ui.living import ADA, living
from ui.conversation import Conversation
from ui.theme import Theme


def test_what_the_disk_does_not_take_stays_in_the_field(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = Conversation(here.session, here.tasks)
            page.show_contact(here.people[ADA])
            page.edit.setPlainText("Hello Ada")
            connection = here.session._store._connection
            connection.execute("PRAGMA query_only = ON")
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                page._send()
            assert page.edit.toPlainText() == "Hello Ada"
            connection.execute("PRAGMA query_only = OFF")
            page._send()
            assert page.edit.toPlainText() == ""
            page.close_page()
            page.deleteLater()

    run(story())
