"""Tab goes in reading order, also to what was made after its neighbours."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QWidget


def follow_layout(root: QWidget) -> None:
    """Chain what Tab stops at as it is laid out."""
    for before, after in pairwise(stops(root)):
        QWidget.setTabOrder(before, after)


def stops(widget: QWidget | None) -> Iterator[QWidget]:
    """List what Tab stops at in a widget, in the order of its layout."""
    if widget is None or not widget.isVisible():
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
        yield widget
    if isinstance(widget, QScrollArea):
        yield from stops(widget.widget())
    elif isinstance(widget, QSplitter):
        for place in range(widget.count()):
            yield from stops(widget.widget(place))
    elif (layout := widget.layout()) is not None:
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        inner = item.layout() if item is not None else None
        widget = item.widget() if item is not None else None
        if inner is not None:
            yield from _in_layout(inner)
        elif widget is not None:
            yield from stops(widget)
