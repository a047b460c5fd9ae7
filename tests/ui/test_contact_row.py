"""Where the parts of a row go, and what they say."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from app.domain import Block, State
from tests.ui.people import a_row
from ui import contact_row
from ui.contact_delegate import hits
from ui.contact_row import RowLayout, RowMetrics, row_layout

metrics = st.builds(
    RowMetrics,
    name_height=st.integers(8, 80),
    detail_height=st.integers(8, 80),
    unit=st.integers(1, 20),
    compact=st.booleans(),
    mirrored=st.booleans(),
)


def rects(layout: RowLayout) -> list[QRect]:
    return [layout.letter, layout.avatar, layout.name, layout.detail, layout.badge]


@given(metrics, st.integers(0, 3000), st.integers(-50, 50), st.integers(-50, 5000))
def test_nothing_overlaps(measures: RowMetrics, width: int, x: int, y: int) -> None:
    layout = row_layout(QRect(x, y, width, measures.height), measures)
    for one, other in combinations(rects(layout), 2):
        assert one.isEmpty() or other.isEmpty() or not one.intersects(other)


@given(metrics, st.integers(0, 3000))
def test_nothing_leaves_a_row_that_is_wide_enough(measures: RowMetrics, extra: int) -> None:
    line = QRect(0, 0, measures.unit * 20 + measures.avatar + extra, measures.height)
    layout = row_layout(line, measures)
    assert all(each.isEmpty() or line.contains(each) for each in rects(layout))


@pytest.mark.parametrize("unit", [4, 8])
def test_a_narrow_compact_row_is_all_for_the_name(unit: int) -> None:
    measures = RowMetrics(5 * unit, 4 * unit, unit, compact=True, mirrored=False)
    narrow, wide = (row_layout(QRect(0, 0, steps * unit, 99), measures) for steps in (66, 85))
    assert narrow.detail.isEmpty()
    assert narrow.name.right() > narrow.badge.x() - 4 * unit
    assert wide.name.width() > wide.detail.width() > 0


@given(metrics, st.integers(200, 3000))
def test_right_to_left_is_the_mirror_of_left_to_right(measures: RowMetrics, width: int) -> None:
    def lay(*, mirrored: bool) -> RowLayout:
        parts = RowMetrics(
            measures.name_height, measures.detail_height, measures.unit, measures.compact, mirrored
        )
        return row_layout(QRect(0, 0, width, measures.height), parts)

    for one, other in zip(rects(lay(mirrored=False)), rects(lay(mirrored=True)), strict=True):
        assert one.x() == width - other.x() - other.width()
        assert one.size() == other.size()


@given(st.integers(0, 400), st.integers(10, 300), st.booleans())
def test_a_mark_stands_at_the_far_end_of_the_name(x: int, width: int, mirrored: bool) -> None:
    name = QRect(x, 4, width, 20)
    mark = contact_row.mark_place(name, 10, mirrored=mirrored)
    assert name.contains(mark)
    assert (mark.left() == name.left()) if mirrored else (mark.right() == name.right())


@given(metrics)
def test_a_row_grows_with_its_fonts(measures: RowMetrics) -> None:
    assert measures.height >= measures.name_height + 2 * measures.unit
    assert measures.height >= measures.avatar


@pytest.mark.parametrize(
    ("parts", "badge"),
    [
        ({"address": None, "state": None}, contact_row.UNUSABLE),
        ({"blocked": (Block.PROFILE,), "waiting": True}, contact_row.BLOCKED),
        ({"waiting": True, "visibility": 8}, contact_row.WAITING),
        ({"visibility": 8}, contact_row.HIDDEN),
        ({"state": State.PENDING}, contact_row.PENDING),
        ({}, contact_row.MATCHED),
    ],
)
def test_one_badge_says_what_matters_most(
    parts: dict[str, object], badge: contact_row.Badge
) -> None:
    assert contact_row.badge(a_row(**parts)) is badge  # type: ignore[arg-type]  # by name


def test_a_blocked_person_has_no_status_and_is_not_online() -> None:
    row = a_row(status="At the lake", online=True, blocked=(Block.PROFILE,))
    assert contact_row.face(row).detail == row.detail
    assert not contact_row.face(row).online


def test_the_sentence_says_everything_that_the_glyphs_say() -> None:
    row = a_row(
        favorite=True, online=True, waiting=True, visibility=8, status="Reading", blocked=()
    )
    assert contact_row.sentence(row) == (
        "Ada Okafor, Matched, Favorite, Online, Sees nothing of me, Waiting to be sent, Reading"
    )


def test_a_row_says_why_it_was_found() -> None:
    row = a_row(
        name="Ma",
        published_name="Inês Carvalho",
        folded="ma\nines carvalho\n12025550001\nma@example.org",
        status="Reading",
    )
    assert contact_row.face(row).detail == "Reading"
    assert contact_row.face(row, ("ma",)).detail == "Reading"
    assert "Carvalho" in contact_row.face(row, ("carv",)).detail
    assert contact_row.face(row, ("5550001",)).detail == "+12025550001"
    assert contact_row.face(row, ("example",)).detail == "ma@example.org"


def test_a_name_cannot_turn_its_neighbours_around() -> None:
    row = a_row(name="Ada\u202e rofakO\u200b\n")
    assert contact_row.face(row).name == "Ada rofakO"


def test_hits_stand_where_qt_counts_them() -> None:
    """It counts an emoji twice."""
    assert hits("Ada Okafor", ("oka", "ada")) == [(4, 3), (0, 3)]
    assert hits("\N{PARTY POPPER}\N{PARTY POPPER} Ada \N{SUNFLOWER}", ("ada", "\N{SUNFLOWER}")) == [
        (5, 3),
        (9, 2),
    ]
