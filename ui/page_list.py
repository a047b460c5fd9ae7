"""The pages of the window, in the order of the rail; each is made when it is first wanted."""

from typing import Final

from ui.icons import Icon
from ui.stage import PageMaker

PAGES: Final[dict[str, tuple[Icon, str, PageMaker]]] = {}
