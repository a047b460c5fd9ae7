"""What the columns of tables mean: said in this import, remembered from another one, or asked."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from app.importers import Mapping
from app.session import Session

if TYPE_CHECKING:
    from app.importers.remembered import Answers
    from app.importers.table import Table
    from ui.importing.mapping import MappingPage


class Columns:
    """Asks on a page of its own, which is made when it is needed; `said` is what it was told."""

    def __init__(
        self,
        session: Session,
        stack: QStackedWidget,
        taken: Callable[[], object],
        cancelled: Callable[[], object],
    ) -> None:
        self._session, self._stack = session, stack
        self._taken, self._cancelled = taken, cancelled
        self.said: dict[Path, Mapping] = {}
        self.page: MappingPage | None = None

    def unsure(self, paths: Sequence[Path]) -> "tuple[Path, Table] | None":
        """Find the first table whose columns nobody has named yet."""
        late = import_module("app.importers.remembered")
        for path in paths:
            table = late.unsure_table(path, self._answers())
            if table is not None:
                return path, table
        return None

    def look(self, path: Path) -> "Table | None":
        """Look at a book, if it is a table."""
        late = import_module("app.importers.remembered")
        if not late.is_table(path):
            return None
        known = self._answers().of(path) or Mapping(())
        table: Table = late.look_at_table(path, known.encoding, known.separator)
        return table

    def is_recalled(self, table: "Table") -> bool:
        """Tell whether its columns mean what was said of such a table before."""
        return self._answers().recalled(table) is not None

    def ask(self, path: Path, table: "Table", region: str) -> None:
        """Show the page that asks."""
        if self.page is None:
            self.page = import_module("ui.importing.mapping").MappingPage()
            self.page.confirmed.connect(self._take)
            self.page.cancelled.connect(self._cancelled)
            self._stack.addWidget(self.page)
        self.page.ask(path, table, region, self._answers().of(path))
        self._stack.setCurrentWidget(self.page)
        self.page.begin()

    def _take(self, path: Path, table: "Table", mapping: Mapping) -> None:
        self.said[path] = mapping
        self._answers().keep(table, mapping)
        self._taken()

    def _answers(self) -> "Answers":
        late = import_module("app.importers.remembered")
        answers: Answers = late.Answers(self._session.paths.tables_file, self.said)
        return answers
