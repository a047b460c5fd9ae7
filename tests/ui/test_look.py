"""Colours that can be read, icons that exist, pictures that do no harm."""

import re
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QTextLayout
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import errors
from ui import avatar, icons, wording
from ui.blocks import Page
from ui.buttons import button, text_field
from ui.contact_delegate import paint_hits
from ui.flow import FlowLayout
from ui.icons import FOLDER, Icon
from ui.search_field import SearchField
from ui.stylesheet import ARROW
from ui.text import ElidedLabel, label
from ui.theme import Scheme, Theme
from ui.tokens import ACCENTS, DARK, HIGH_CONTRAST, LIGHT, Accent, Tokens

AA = 4.5
GRAPHICS = 3.0


def luminance(name: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    colour = QColor(name)
    red, green, blue = map(linear, (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


THEMES = [
    tokens.with_accent(accent, dark=dark)
    for (tokens, dark), accent in product(
        ((LIGHT, False), (DARK, True), (HIGH_CONTRAST[False], False), (HIGH_CONTRAST[True], True)),
        ACCENTS.values(),
    )
]


@pytest.mark.parametrize("tokens", THEMES)
def test_every_text_can_be_read_on_every_ground_it_stands_on(tokens: Tokens) -> None:
    grounds = ("rail", "surface", "page", "card", "hover", "accent_soft")
    for ground in grounds:
        for text in ("text", "muted", "accent"):
            assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= AA, (text, ground)
    for name in ("success", "warning", "danger"):
        for ground in (f"{name}_soft", "surface", "page", "card"):
            assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= AA, (name, ground)
    assert contrast(tokens.on_accent, tokens.accent) >= AA
    assert contrast(tokens.on_tip, tokens.tip) >= AA
    assert contrast(tokens.on_danger, tokens.danger) >= AA
    for ground in grounds:
        for glyph in ("faint", "success", "warning", "danger", "line_strong"):
            assert contrast(getattr(tokens, glyph), getattr(tokens, ground)) >= GRAPHICS, glyph


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_what_a_field_asks_for_can_be_read(qtbot: QtBot, dress: Theme, scheme: Scheme) -> None:
    dress.choose(scheme, Accent.IRIS)
    fields: list[QLineEdit | QPlainTextEdit] = [text_field("", ""), QPlainTextEdit()]
    for each in [*fields, SearchField("", "", name="search")]:
        qtbot.addWidget(each)
        each.setPlaceholderText("MMMMMMMM")
        each.resize(200, 60)
        each.clearFocus()
        image = each.grab().toImage()
        ground = image.pixelColor(image.width() - 40, image.height() // 2).name()
        seen = {
            image.pixelColor(x, y).name()
            for x in range(8, image.width() - 40)
            for y in range(6, image.height() - 6)
        }
        assert max(contrast(colour, ground) for colour in seen) >= AA


def test_the_arrow_of_a_choice_is_seen_in_every_scheme() -> None:
    (ink,) = re.findall(r'stroke="(#[0-9a-f]{6})"', ARROW.read_text(encoding="utf-8"))
    for tokens in THEMES:
        assert contrast(ink, tokens.surface) >= GRAPHICS


@pytest.mark.parametrize("which", list(Icon))
def test_every_icon_is_drawn(qapp: QApplication, which: Icon) -> None:
    drawn = icons.pixmap(which, QColor("#123456"), 24, 2.0)
    assert (drawn.width(), drawn.devicePixelRatio()) == (48, 2.0)
    image = drawn.toImage()
    seen = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    assert any(pixel.alpha() > 200 for pixel in seen)


def test_no_icon_lies_about() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == {which.value for which in Icon}


def png(width: int, height: int) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub forgets devices
    return bytes(data.data())


def test_a_picture_becomes_a_square(qapp: QApplication) -> None:
    image = avatar.decode(png(300, 200), 80)
    assert (image.width(), image.height()) == (80, 80)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        png(20, 20)[:40],
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        b"GIF89a" + bytes(40),
    ],
)
def test_what_is_no_decent_picture_is_none(qapp: QApplication, data: bytes) -> None:
    assert avatar.decode(data, 40).isNull()


def test_a_picture_larger_than_any_may_be_is_not_decoded(qapp: QApplication) -> None:
    assert avatar.decode(png(3000, 10), 40).isNull()


def test_a_renamed_person_keeps_their_colour() -> None:
    assert avatar.hue("17") == avatar.hue("17")
    assert len({avatar.hue(str(number)) for number in range(100)}) > 60


def test_every_error_has_words_of_its_own(dress: Theme) -> None:
    problems = [
        errors.CardUnreadable(Path("a.vcf"), "x"),
        errors.InvalidAddress("12", detail=errors.Trouble.TOO_SHORT),
        errors.Unreachable("x"),
        errors.Refused("out-of-reach", "Not within reach."),
        errors.SignedOut(),
        errors.StoreDamaged(Path("client.db"), "x"),
        errors.HostFailed("x"),
    ]
    said = [wording.error(problem) for problem in problems]
    assert len(set(said)) == len(problems)
    assert not any("should not" in each for each in said)
    assert set(wording.TROUBLES) == set(errors.Trouble)


def ink(widget: QWidget) -> tuple[int, int]:
    """The first and the last column of a widget that something is drawn in."""
    image = widget.grab().toImage()
    ground = image.pixelColor(0, 0)
    rows, columns = range(image.height()), range(image.width())
    inked = [x for x in columns if any(image.pixelColor(x, y) != ground for y in rows)]
    return inked[0], inked[-1]


@pytest.mark.parametrize("text", ["Ada 12", "עומר 12"])
def test_words_begin_at_the_side_that_reading_begins(
    qapp: QApplication, dress: Theme, text: str
) -> None:
    def both() -> list[tuple[int, int]]:
        made = [label(text), ElidedLabel(text), label(text, wrap=True)]
        for each in made:
            each.resize(300, 30)
        return [ink(each) for each in made]

    for first, last in both():
        assert first < 10
        assert last < 150
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        for first, last in both():
            assert first > 150
            assert last > 290
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_button_keeps_its_words_in_order_in_a_mirrored_window(
    qapp: QApplication, dress: Theme
) -> None:
    assert button("Why?", print).text() == "Why?"
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        made = button("Why?", print)
        made.setText("Who?")
        assert made.text() == "\u2068Who?\u2069"
        assert text_field("", "").alignment() & Qt.AlignmentFlag.AlignRight
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_what_flows_stands_in_the_middle_of_its_line(qtbot: QtBot, dress: Theme) -> None:
    around, high, low = QWidget(), QWidget(), QWidget()
    qtbot.addWidget(around)
    high.setFixedSize(50, 40)
    low.setFixedSize(50, 20)
    around.setLayout(flow := FlowLayout(high, low))
    around.resize(200, 40)
    around.show()
    assert high.geometry().center().y() == low.geometry().center().y()
    assert flow.heightForWidth(200) == 40
    assert flow.heightForWidth(60) == 60 + flow.spacing()


def test_a_page_scrolls_no_further_than_its_text(dress: Theme) -> None:
    page = Page()
    page.add(*(label(f"A sentence that is a little longer, {n}", wrap=True) for n in range(9)))
    page.finish()
    page.resize(600, 420)
    page.show()
    QApplication.processEvents()
    assert page.verticalScrollBar().maximum() == 0
    page.resize(140, 420)
    QApplication.processEvents()
    assert page.verticalScrollBar().maximum() > 0


def test_the_gap_beside_an_icon_grows_with_the_font(qapp: QApplication, dress: Theme) -> None:
    def gap() -> int:
        made = button("Look", print, icon=Icon.SEARCH)
        return made.iconSize().width() - made.iconSize().height()

    usual, font = gap(), QFont(qapp.font())
    font.setPointSizeF(2 * font.pointSizeF())
    before = qapp.font()
    qapp.setFont(font)
    try:
        assert gap() > usual
    finally:
        qapp.setFont(before)


def test_a_list_that_drops_down_has_no_arrows_over_its_lines(qtbot: QtBot, dress: Theme) -> None:
    box = QComboBox()
    qtbot.addWidget(box)
    hint = QStyle.StyleHint.SH_ComboBox_Popup
    assert not box.style().styleHint(hint, QStyleOptionComboBox(), box)


def test_what_points_along_the_reading_is_turned_round(qapp: QApplication, dress: Theme) -> None:
    def drawn(which: Icon) -> QImage:
        return icons.pixmap(which, QColor("black"), 24).toImage()

    left, star = drawn(Icon.BACK), drawn(Icon.STAR)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        right = drawn(Icon.BACK)
        assert right != left
        assert ink_of(right) == ink_of(left)[::-1]
        assert drawn(Icon.STAR) == star
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.parametrize("name", ["Ada", "עומר"])
def test_what_was_found_stays_at_its_side(qapp: QApplication, dress: Theme, name: str) -> None:
    def drawn(side: Qt.AlignmentFlag) -> list[bool]:
        image = QImage(300, 40, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        place = QRect(0, 0, 300, 40)
        side |= Qt.AlignmentFlag.AlignAbsolute
        paint_hits(painter, place, QTextLayout(name, QFont()), [(0, 2)], side)
        painter.end()
        return ink_of(image)

    left, right = drawn(Qt.AlignmentFlag.AlignLeft), drawn(Qt.AlignmentFlag.AlignRight)
    assert any(left[:20])
    assert not any(left[150:])
    assert any(right[280:])
    assert not any(right[:150])


def ink_of(image: QImage) -> list[bool]:
    """Say for each column whether something is drawn in it."""
    rows = range(image.height())
    return [any(image.pixelColor(x, y).alpha() for y in rows) for x in range(image.width())]
