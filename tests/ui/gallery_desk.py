"""The desk's scenes of the page gallery: a world as a tester meets it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain import Field
from app.worlds.files import WORLDS
from app.worlds.weather import Weather
from tests.ui.conftest import until
from tests.ui.desks import is_idle, open_desk, side_by_side
from tests.ui.gallery_scenes import Camera
from ui.desk.choose_world import ChooseWorld
from ui.desk.window import DeskWindow
from ui.why_list import WhyDialog

PLACES = {
    "two": ("three-people", ("ana", "bo")),
    "three": ("own-rules", ("ana", "custom", "work")),
    "four": ("names-that-deceive", ("ana", "paypal", "cyrillic", "arabic")),
}


async def draw_desk(camera: Camera) -> None:
    """Draw the desk without a world, with two to four people, and each of its views."""
    window = DeskWindow(camera.dress)
    window.show()
    window.show_nothing()
    await camera.take("desk_nothing", window)
    window.choose()
    choosing = window.findChild(ChooseWorld)
    assert choosing is not None
    await camera.take("desk_choosing", window)
    choosing.close()
    for name, (world, people) in PLACES.items():
        async with open_desk(WORLDS / f"{world}.json", people) as opened:
            await window.show_desk(opened, {people[-1]: Weather.SLOW})
            await side_by_side(window, *people)
            await camera.take(f"desk_{name}", window)
            if name == "three":
                await _draw_views(camera, window)
            await window.drop_desk()
    await window.close_window()


async def _draw_views(camera: Camera, window: DeskWindow) -> None:
    ana = window.panes[0]
    ana.change_weather(Weather.OFFLINE)
    await camera.take("desk_offline", window)
    ana.change_weather(Weather.CLEAR)
    await until(lambda: is_idle(ana))
    await camera.take("desk_changed", window)
    window.views.segment("table").click()
    await camera.take("desk_table", window)
    page = window.table
    page.grid.go_to(("custom", Field.STATUS))
    QTest.keyClicks(page.grid, "s")
    await page.check()
    await camera.take("desk_checked", window)
    QTest.keyClick(page.grid, Qt.Key.Key_Return)
    await camera.take("desk_why", window)
    dialog = window.findChild(WhyDialog)
    assert dialog is not None
    dialog.close()
    window.views.segment("timeline").click()
    await camera.take("desk_timeline", window)
    window.views.segment("people").click()
