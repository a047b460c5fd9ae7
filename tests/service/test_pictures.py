"""Pictures: judged before decoding, made anew, and shown only to those who may see them."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from app.service.pictures import PICTURE_BYTES, remade
from app.service.problems import ProblemError
from tests.service.people import Service, slug


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def drawn(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    return Image.radial_gradient("L").resize(size).convert(mode)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def refused(data: bytes) -> str:
    with pytest.raises(ProblemError) as problem:
        remade(data)
    return problem.value.slug


def png_that_claims(width: int, height: int) -> bytes:
    """A header alone: a few bytes that would be huge once decoded."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 10)), (b"IEND", b"")):
        checksum = struct.pack(">I", zlib.crc32(name + data))
        parts += [struct.pack(">I", len(data)), name, data, checksum]
    return b"".join(parts)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_stays_of_its_kind_and_size(kind: str) -> None:
    made = remade(encoded(drawn(), kind))
    assert made.type == f"image/{kind.lower()}"
    assert (made.width, made.height) == opened(made.data).size == (64, 48)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_metadata_is_gone(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    data = encoded(drawn(), kind, exif=exif)
    assert b"taken at home" in data
    made = remade(data)
    assert b"taken at home" not in made.data
    assert not opened(made.data).getexif()


def test_text_beside_the_pixels_is_gone() -> None:
    notes = PngInfo()
    notes.add_text("Comment", "my secret note")
    assert b"my secret note" not in remade(encoded(drawn(), "PNG", pnginfo=notes)).data


def test_what_follows_the_picture_is_gone() -> None:
    assert b"hidden archive" not in remade(encoded(drawn(), "JPEG") + b"hidden archive").data


def test_a_turned_photo_is_turned_for_good() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = remade(encoded(drawn((64, 48)), "JPEG", exif=exif))
    assert (made.width, made.height) == (48, 64)


@pytest.mark.parametrize("held", range(1, 9))
def test_a_photo_is_turned_from_every_way_a_camera_is_held(held: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = held
    data = encoded(Image.linear_gradient("L").resize((64, 48)).convert("RGB"), "PNG", exif=exif)
    wanted = ImageOps.exif_transpose(opened(data))
    assert opened(remade(data).data).tobytes() == wanted.tobytes()


def test_a_photo_with_odd_notes_is_taken_and_turned() -> None:
    """Some programs write a width as a ratio; Pillow reads that, and cannot write it again."""
    entries = struct.pack("<HHIIHHIHH", 0x0100, 5, 1, 38, 0x0112, 3, 1, 6, 0)
    notes = b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4) + struct.pack("<II", 129, 2)
    made = remade(encoded(drawn(), "JPEG", exif=b"Exif\0\0" + notes))
    assert (made.width, made.height) == (48, 64)


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    made = remade(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    picture = opened(made.data)
    assert getattr(picture, "n_frames", 1) == 1
    red, green = picture.convert("RGB").tobytes()[:2]
    assert red > 200 > green


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = Image.new("I;16", (8, 8), 40_000) if mode == "I;16" else drawn((8, 8), mode)
    made = remade(encoded(picture, kind))
    assert opened(made.data).size == (8, 8)


def test_sixteen_bits_of_grey_keep_their_shade() -> None:
    made = remade(encoded(Image.new("I;16", (8, 8), 0x8000), "PNG"))
    assert opened(made.data).convert("L").getpixel((4, 4)) == pytest.approx(0x80, abs=1)


def test_transparency_is_kept() -> None:
    made = remade(encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"))
    assert opened(made.data).convert("RGBA").tobytes()[3] == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", b"GIF89a" + b"\0" * 40, b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["nothing", "text", "gif", "svg"],
)
def test_what_is_no_picture_of_ours_is_an_unsupported_type(data: bytes) -> None:
    assert refused(data) == "unsupported-media-type"


def test_a_picture_that_is_too_large_is_refused_by_its_header_alone() -> None:
    assert refused(png_that_claims(2049, 10)) == "picture"
    assert refused(png_that_claims(60_000, 60_000)) == "picture"


def test_the_largest_side_is_still_taken() -> None:
    assert remade(encoded(Image.new("RGB", (2048, 2048)), "PNG")).width == 2048


def test_too_many_bytes_are_refused() -> None:
    assert refused(encoded(drawn(), "JPEG") + b"\0" * PICTURE_BYTES) == "picture"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_damaged_picture_is_refused_or_taken_but_never_a_crash(kind: str) -> None:
    data = encoded(drawn((200, 200)), kind)
    assert refused(data[: len(data) // 2]) == "picture"
    outcomes = set()
    for place in range(0, len(data), max(1, len(data) // 60)):
        broken = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        try:
            outcomes.add(remade(broken).type)
        except ProblemError as problem:
            outcomes.add(problem.slug)
    assert outcomes <= {f"image/{kind.lower()}", "picture", "unsupported-media-type"}


def test_what_grows_when_made_anew_still_fits() -> None:
    noise = Image.effect_noise((700, 700), 90).convert("RGB")
    made = remade(encoded(noise, "WEBP", quality=60))
    assert len(made.data) <= PICTURE_BYTES or made.type == "image/webp"


async def test_a_picture_goes_to_those_who_may_see_it(service: Service) -> None:
    ann, bob, eve = await service.people("18005550001", "18005550002", "18005550003")
    await ann.sync(bob.address)
    for viewer in (bob, eve):
        await viewer.sync(ann.address)
    put = await ann.call("PUT", "/v1/me/picture", content=encoded(drawn(), "PNG"))
    assert put.status_code == 200, put.text
    path = f"/v1/profiles/{ann.address}/picture"
    seen = await bob.call("GET", path)
    assert seen.headers["content-type"] == "image/png"
    assert opened(seen.content).size == (64, 48)
    etag = seen.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await bob.call("GET", path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    for other in ('"other"', etag.strip('"'), ""):
        again = await bob.call("GET", path, headers={"If-None-Match": other})
        assert (again.status_code, again.content) == (200, seen.content)
    hidden = await eve.call("GET", path)
    assert (hidden.status_code, slug(hidden)) == (404, "no-picture")
    assert (await ann.call("DELETE", "/v1/me/picture")).status_code == 204
    assert (await bob.call("GET", path)).status_code == 404


async def test_the_call_says_what_is_wrong_with_a_picture(service: Service) -> None:
    (ann,) = await service.people("18005550001")
    answers = [
        (await ann.call("PUT", "/v1/me/picture", content=content))
        for content in (b"text", png_that_claims(9_000, 9_000))
    ]
    assert [answer.status_code for answer in answers] == [415, 422]
    assert [slug(answer) for answer in answers] == ["unsupported-media-type", "picture"]
