"""The door to the pieces every page is built from.

Text is in `ui.text`, layout in `ui.blocks`, what is pressed in `ui.buttons`, whole messages in
`ui.messages`; switches, segments and chips are in `ui.controls`, faces in `ui.avatar`.
"""

from ui.blocks import (
    FOOT,
    Card,
    Page,
    Piece,
    Sheet,
    Turning,
    bring_into_sight,
    clear,
    column,
    fit,
    heading,
    roomy,
    row,
    rule,
    section,
)
from ui.buttons import CopyButton, DrawnButton, IconButton, KeyRing, button, text_field
from ui.messages import Banner, EmptyState, Glyph
from ui.text import ElidedLabel, announce, is_restyled, label, pill, set_property, set_tip

__all__ = [
    "FOOT",
    "Banner",
    "Card",
    "CopyButton",
    "DrawnButton",
    "ElidedLabel",
    "EmptyState",
    "Glyph",
    "IconButton",
    "KeyRing",
    "Page",
    "Piece",
    "Sheet",
    "Turning",
    "announce",
    "bring_into_sight",
    "button",
    "clear",
    "column",
    "fit",
    "heading",
    "is_restyled",
    "label",
    "pill",
    "roomy",
    "row",
    "rule",
    "section",
    "set_property",
    "set_tip",
    "text_field",
]
