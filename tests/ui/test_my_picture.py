"""My picture: chosen, made small, refused in words, brought back."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from tests.ui.by_hand import click
from tests.ui.conftest import Run, until
from tests.ui.living import living
from tests.ui.my_page import mine, open_page
from ui.picture_import import PictureTrouble, make_picture, read_picture
from ui.theme import Theme


def a_picture(width: int = 900, height: int = 600, form: str = "PNG") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(made, form)  # type: ignore[call-overload]  # the stub forgets text formats
    return bytes(made.data().data())


def test_a_file_becomes_my_picture_and_the_old_one_can_come_back(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            path = tmp_path / "me.png"
            path.write_bytes(a_picture())
            page.picture.take_file(path)
            await until(lambda: mine(here).fields.picture is not None)
            await here.session.settled()
            await until(page.picture.remove.isVisible)
            click(page.picture.remove)
            await until(page.picture.back.isVisible)
            click(page.picture.back)
            await until(lambda: here.session.my_picture() is not None)
            page.close_page()

    run(story())


def test_a_file_that_is_no_picture_is_refused_in_words(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            path = tmp_path / "me.svg"
            path.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
            page.picture.take_file(path)
            await until(lambda: "PNG, JPEG and WebP" in page.picture.words.text())
            assert here.session.my_picture() is None
            page.close_page()

    run(story())


def test_a_picture_is_made_square_and_small(dress: Theme) -> None:
    made = make_picture(a_picture(3000, 1000))
    assert isinstance(made, bytes)
    image = QImage.fromData(made)
    assert (image.width(), image.height()) == (640, 640)
    assert len(made) < 512 * 1024


def test_a_small_picture_is_not_blown_up(dress: Theme) -> None:
    made = make_picture(a_picture(40, 30))
    assert isinstance(made, bytes)
    assert QImage.fromData(made).width() == 30


def test_what_only_pretends_to_be_a_picture_is_refused(dress: Theme, tmp_path: Path) -> None:
    assert make_picture(b"\x89PNG\r\n\x1a\nrubbish") is PictureTrouble.NOT_A_PICTURE
    assert make_picture(b"<svg/>") is PictureTrouble.NOT_A_PICTURE
    assert read_picture(tmp_path / "gone.png") is PictureTrouble.UNREADABLE
