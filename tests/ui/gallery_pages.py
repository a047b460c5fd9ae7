"""Draws every page of the real window and of the desk, to be looked at: real worlds and services.

`python -m tests.ui.gallery --pages FOLDER` makes a folder for each look: usual, sharp (200 %),
large (a doubled font on 1280 x 800), mirrored (right to left). Each picture is light and dark.
What stands over the window is drawn where it stands. Nothing is compared.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from tests.ui.gallery_desk import draw_desk
from tests.ui.gallery_scenes import Camera, draw_first_run, draw_many, draw_nobody, draw_world
from ui.loop import Loop
from ui.theme import Theme

SURROUNDINGS: Final[dict[str, dict[str, str]]] = {
    "usual": {},
    "sharp": {"QT_SCALE_FACTOR": "2"},
    "large": {"QT_FONT_DPI": "192"},
    "mirrored": {},
}
SCREEN: Final = (1280, 800)


def draw_pages(folder: Path) -> None:
    """Draw every look in a process of its own: Qt reads its surroundings once."""
    for look in SURROUNDINGS:
        here = folder / look
        here.mkdir(parents=True, exist_ok=True)
        screen = here / "screen.json"
        sharpness = 2 if look == "sharp" else 1
        wide, high = (side * sharpness for side in SCREEN)
        screen.write_text(json.dumps({"screens": [{"name": look, "width": wide, "height": high}]}))
        more = SURROUNDINGS[look] | {"QT_QPA_PLATFORM": f"offscreen:configfile={screen}"}
        command = [sys.executable, "-m", "tests.ui.gallery_pages", str(here), look]
        subprocess.run(command, env={**os.environ, **more}, check=True)
        screen.unlink()


async def _draw(camera: Camera) -> None:
    with tempfile.TemporaryDirectory() as home:
        await draw_first_run(camera)
        await draw_nobody(camera, Path(home) / "nobody")
        await draw_many(camera, Path(home) / "many")
        await draw_world(camera, Path(home) / "world")
    await draw_desk(camera)


def main() -> None:
    """Draw every look into a folder, or the one that is named."""
    folder, *looks = sys.argv[1:]
    if not looks:
        draw_pages(Path(folder))
        return
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    if "mirrored" in looks:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    camera = Camera(Path(folder), Theme(app))
    with asyncio.Runner(loop_factory=lambda: Loop(app)) as runner:
        runner.run(_draw(camera))


if __name__ == "__main__":
    main()
