"""The menu that says which fields a table of expectations has columns for."""

from collections.abc import Callable, Collection

from PySide6.QtWidgets import QMenu, QWidget

from app.domain import Field
from ui import wording
from ui.wording import tr


def choose_columns(
    below: QWidget, shown: Collection[Field], show: Callable[[set[Field]], object]
) -> None:
    """Offer every field below a button; `show` hears which are wanted, never none."""
    made = QMenu(below.parentWidget())
    made.setObjectName("table_columns_menu")
    made.aboutToHide.connect(made.deleteLater)
    offered = {field: made.addAction(tr(wording.FIELDS[field])) for field in Field}
    for field, action in offered.items():
        action.setCheckable(True)
        action.setChecked(field in shown)
        action.setEnabled({*shown} != {field})
    for action in offered.values():
        action.toggled.connect(
            lambda _on: show({field for field, each in offered.items() if each.isChecked()})
        )
    made.popup(below.mapToGlobal(below.rect().bottomLeft()))
