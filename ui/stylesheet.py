"""What Fusion draws that should be quieter, as a Qt style sheet made from the tokens."""

from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template
from typing import Final

from ui.tokens import Tokens

SHEET: Final = Template("""
QLabel { color: $text; background: transparent; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="danger"] { color: $danger; }

QPushButton {
    min-height: $p20; padding: $p5 $p12; border: 1px solid $line; border-radius: $p6;
    background: $card; color: $text;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:disabled { color: $faint; background: transparent; }
QPushButton:focus { border: 2px solid $accent; padding: $p4 $p11; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed { border-color: $text; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled {
    background: $pressed; color: $faint; border-color: $pressed;
}
QPushButton[kind="danger"] { color: $danger; }
QPushButton[kind="danger"]:hover { background: $danger_soft; border-color: $danger; }
QPushButton[kind="quiet"] { border-color: transparent; background: transparent; color: $accent; }
QPushButton[kind="quiet"]:hover { background: $accent_soft; }
QPushButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="quiet"]:disabled { color: $faint; }

QScrollArea, QAbstractScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDateEdit {
    min-height: $p20; padding: $p5 $p8; border: 1px solid $line_strong; border-radius: $p6;
    background: $surface; color: $text; placeholder-text-color: $muted;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateEdit:focus {
    border: 2px solid $accent; padding: $p4 $p7;
}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {
    color: $faint; border-color: $line;
}
QLineEdit[bad="true"] { border-color: $danger; }
QComboBox QLineEdit, QComboBox QLineEdit:focus {
    min-height: 0; padding: 0; border: none; background: transparent;
}
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: none; width: $p24; }
QComboBox::down-arrow { image: url("$arrow"); width: $p16; height: $p16; }
QComboBox QAbstractItemView {
    background: $card; color: $text; border: 1px solid $line; padding: $p4; outline: none;
    selection-background-color: $accent_soft; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: $p24; }

QPushButton[kind="chip"] {
    min-height: $p20; padding: $p1 $p8; border-radius: $p11; color: $muted; font-size: $p12;
}
QPushButton[kind="chip"]:checked {
    background: $accent_soft; border-color: $accent; color: $accent;
}
QPushButton[kind="chip"]:focus { padding: 0 $p7; border: 2px solid $accent; }
QPushButton[kind="segment"] {
    padding: $p4 $p10; border: 1px solid transparent; background: transparent; color: $muted;
}
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked { background: $card; border-color: $line_strong; color: $text; }
QPushButton[kind="segment"]:focus { border: 2px solid $accent; padding: $p3 $p9; }
QPushButton[kind="segment"]:disabled { color: $faint; }

#contact_list { background: $surface; }
#rail, #rail_scroll, #rail_lines { background: $rail; }
#rail_scroll QScrollBar:vertical { width: $p6; }
#way_back { background: $page; }

QFrame[kind="card"] { background: $card; border: 1px solid $line; border-radius: $p10; }
QFrame[kind="tray"] { background: $hover; border: none; border-radius: $p8; }
QFrame[kind="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="banner"] { background: $accent_soft; border: none; border-radius: $p8; }
QFrame[kind="banner"][tone="success"] { background: $success_soft; }
QFrame[kind="banner"][tone="warning"] { background: $warning_soft; }
QFrame[kind="banner"][tone="danger"] { background: $danger_soft; }
QLabel[pill="muted"] { background: $hover; color: $muted; }
QLabel[pill="accent"] { background: $accent_soft; color: $accent; }
QLabel[pill="success"] { background: $success_soft; color: $success; }
QLabel[pill="warning"] { background: $warning_soft; color: $warning; }
QLabel[pill="danger"] { background: $danger_soft; color: $danger; }
QLabel[pill] { padding: $p2 $p8; border-radius: $p10; }

QPushButton[kind="floating_pill"] {
    min-height: $p20; padding: $p3 $p12; border: none; border-radius: $p12;
    background: $accent; color: $on_accent;
}
QPushButton[kind="floating_pill"]:focus { border: 2px solid $text; padding: $p1 $p10; }
#selection_bar { background: $accent_soft; }
QFrame[kind="floating"] { background: $card; border: 1px solid $line_strong; border-radius: $p12; }
QFrame[kind="floating"] QListWidget { background: transparent; border: none; outline: none; }
QFrame[kind="floating"] QListWidget::item { padding: $p4 $p8; border-radius: $p6; color: $text; }
QFrame[kind="floating"] QListWidget::item:selected { background: $accent_soft; color: $text; }
QFrame[kind="toast"] { background: $tip; border: none; border-radius: $p10; }
QFrame[kind="toast"] QLabel { color: $on_tip; }
QPushButton[kind="toast"] {
    border: 1px solid transparent; background: transparent; color: $on_tip; font-weight: 600;
    text-decoration: underline;
}
QPushButton[kind="toast"]:focus { border: 2px solid $on_tip; }

QTableView[kind="grid"] {
    background: $surface; color: $text; gridline-color: $line; border: 1px solid $line;
    border-radius: $p8; selection-background-color: $accent_soft; selection-color: $text;
}
QTableView[kind="grid"]:focus { border-color: $accent; }
QTableView[kind="grid"] QHeaderView, QTableView[kind="grid"] QTableCornerButton::section {
    background: $rail; border: none;
}
QTableView[kind="grid"]::item { padding: 0 $p8; }
QTableView[kind="grid"] QHeaderView::section {
    background: $rail; color: $muted; border: none; padding: 0 $p8;
}

QMenu { background: $card; color: $text; border: 1px solid $line; padding: $p6 $p4; }
QMenu::item { padding: $p6 $p24 $p6 $p12; border-radius: $p4; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: $p4 $p8; }
QToolTip { background: $tip; color: $on_tip; border: none; padding: $p4 $p6; }

QScrollBar:vertical { width: $p10; background: transparent; margin: 0; }
QScrollBar:horizontal { height: $p10; background: transparent; margin: 0; }
QScrollBar::handle { background: $line_strong; border-radius: $p3; margin: $p2; }
QScrollBar::handle:vertical { min-height: $p32; }
QScrollBar::handle:horizontal { min-width: $p32; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar {
    min-height: $p6; max-height: $p6; border: none; border-radius: $p3; background: $pressed;
}
QProgressBar::chunk { background: $accent; border-radius: $p3; }
QSplitter::handle { background: $line; }
""")

LENGTHS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 20, 24, 32)

ARROW: Final = Path(__file__).parent.parent / "resources" / "controls" / "combo-arrow.svg"
"""Of a grey that can be seen in both schemes: a style sheet cannot colour a picture."""


def make(tokens: Tokens, px: Callable[[float], int], ratios: Mapping[str, float]) -> str:
    """Fill in the colours and the lengths; `ratios` are the sizes of type by name."""
    values = {name: getattr(tokens, name) for name in tokens.__dataclass_fields__}
    values |= {f"p{length}": f"{px(length)}px" for length in LENGTHS}
    values["arrow"] = ARROW.as_posix()
    sizes = "".join(
        f'\nQLabel[size="{name}"] {{ font-size: {px(14 * ratio)}px; }}'
        for name, ratio in ratios.items()
    )
    weight = '\nQLabel[bold="true"] { font-weight: 600; }'
    return SHEET.substitute(values) + sizes + weight
