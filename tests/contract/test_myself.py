"""Section 4.2: my account, my picture, my rules."""

import io

import pytest
from PIL import Image

from tests.contract.outside import Person, slug

Two = tuple[Person, Person]


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    """An encoded picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def test_publishing_and_removing_a_field(two: Two) -> None:
    ann, _ = two
    ann.publish(about="Hello", status=None)
    fields = ann.get("/v1/me")["fields"]
    assert fields["about"] == "Hello"
    assert "status" not in fields


def test_a_profile_has_a_limit(two: Two) -> None:
    ann, _ = two
    answer = ann.call("PATCH", "/v1/me", json={"fields": {"about": "x" * 17_000}})
    assert 400 <= answer.status_code < 500
    half = {"about": "x" * 9_000, "status": "y" * 9_000}
    assert 400 <= ann.call("PATCH", "/v1/me", json={"fields": half}).status_code < 500
    assert "about" not in ann.get("/v1/me")["fields"]


@pytest.mark.parametrize(
    "body",
    [
        {"fields": {"name": 7}},
        {"fields": {"shoe": "44"}},
        {"fields": {"presence": {"online": True}}},
        {"colour": "red"},
        {"auto_sync": "yes"},
        [],
    ],
)
def test_a_wrong_body_is_422_and_changes_nothing(two: Two, body: object) -> None:
    ann, _ = two
    before = ann.get("/v1/me")
    answer = ann.call("PATCH", "/v1/me", json=body)
    assert answer.status_code == 422
    slug(answer)
    assert ann.get("/v1/me") == before


def test_auto_sync_can_be_switched_off(two: Two) -> None:
    ann, _ = two
    assert ann.call("PATCH", "/v1/me", json={"auto_sync": False}).status_code == 200
    assert ann.get("/v1/me")["auto_sync"] is False


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_published_and_read_by_a_contact(two: Two, kind: str) -> None:
    ann, bob = two
    ann.sync(bob.address)
    data = picture(kind)
    assert ann.call("PUT", "/v1/me/picture", content=data).is_success
    shown = bob.sees(ann)["picture"]
    assert shown["type"] == f"image/{kind.lower()}"
    assert (shown["width"], shown["height"]) == (40, 30)
    path = f"/v1/profiles/{ann.address}/picture"
    answer = bob.call("GET", path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == shown["type"]
    again = bob.call("GET", path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert ann.call("DELETE", "/v1/me/picture").is_success
    assert bob.call("GET", path).status_code == 404
    assert "picture" not in bob.sees(ann)


def test_a_picture_loses_its_metadata(two: Two) -> None:
    ann, bob = two
    ann.sync(bob.address)
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    data = picture("JPEG", exif=exif)
    assert b"secret place" in data
    assert ann.call("PUT", "/v1/me/picture", content=data).is_success
    assert b"secret place" not in bob.call("GET", f"/v1/profiles/{ann.address}/picture").content


def test_a_hidden_picture_is_not_there(two: Two) -> None:
    ann, bob = two
    ann.call("PUT", "/v1/me/picture", content=picture())
    path = f"/v1/profiles/{ann.address}/picture"
    assert bob.call("GET", path).status_code == 404
    assert bob.call("GET", "/v1/profiles/18009990000/picture").status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"GIF89a" + b"\0" * 50,
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        picture()[:60],
        picture(size=(2049, 10)),
        picture("PNG") + b"\0" * (513 * 1024),
    ],
    ids=["empty", "text", "gif", "svg", "cut", "wide", "heavy"],
)
def test_what_is_no_picture_is_refused(two: Two, data: bytes) -> None:
    ann, _ = two
    answer = ann.call("PUT", "/v1/me/picture", content=data)
    assert answer.status_code in {413, 415, 422}
    slug(answer)
    assert "picture" not in ann.get("/v1/me")["fields"]


def test_privacy_is_put_and_got(two: Two) -> None:
    ann, _ = two
    rules = ann.get("/v1/me/privacy")
    rules["audiences"]["picture"] = "everyone"
    rules["searchable"] = "favorites"
    rules["sets"] = [{"id": 16, "name": "Work", "fields": ["name"]}]
    assert ann.call("PUT", "/v1/me/privacy", json=rules).is_success
    assert ann.get("/v1/me/privacy") == rules
    assert ann.get("/v1/me")["privacy"] == rules


@pytest.mark.parametrize(
    "change",
    [
        {"audiences": {"picture": "friends"}},
        {"audiences": {"shoe": "everyone"}},
        {"searchable": "paired"},
        {"sets": [{"id": 8, "name": "Low", "fields": []}]},
        {"sets": [{"id": 16, "name": "A", "fields": []}, {"id": 16, "name": "B", "fields": []}]},
        {"sets": [{"id": 16, "name": "A", "fields": ["shoe"]}]},
        {"extra": 1},
    ],
)
def test_wrong_rules_are_refused(two: Two, change: dict[str, object]) -> None:
    ann, _ = two
    before = ann.get("/v1/me/privacy")
    answer = ann.call("PUT", "/v1/me/privacy", json={**before, **change})
    assert answer.status_code == 422
    assert ann.get("/v1/me/privacy") == before
