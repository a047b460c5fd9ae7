"""Section 3 as a table of its own, held against every way to look. Knows nothing of `decide`."""

import itertools
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from tests.service.people import Json, Person, Service, fresh

FIELDS = ("name", "status", "picture", "about", "email", "birthday", "presence")
AUDIENCES = ("everyone", "contacts", "favorites", "nobody")

# Who an audience lets in, said once more in full.
LETS_IN = {
    ("everyone", "stranger"): True,
    ("everyone", "contact"): True,
    ("everyone", "favorite"): True,
    ("contacts", "stranger"): False,
    ("contacts", "contact"): True,
    ("contacts", "favorite"): True,
    ("favorites", "stranger"): False,
    ("favorites", "contact"): False,
    ("favorites", "favorite"): True,
    ("nobody", "stranger"): False,
    ("nobody", "contact"): False,
    ("nobody", "favorite"): False,
}
SET = {"id": 16, "name": "Work", "fields": ["name", "email", "presence"]}
CUSTOM = ("status", "birthday")
OVERRIDES = {
    0: None,
    1: "override-public",
    2: "override-contact",
    4: "override-custom",
    8: "override-hidden",
    16: "set:16",
    17: "set:17",  # was deleted after it had been given
}
BLOCKS: tuple[tuple[str, ...], ...] = ((), ("messages",), ("profile",), ("messages", "profile"))


@dataclass(frozen=True)
class Cell:
    """How the owner stands to one viewer, and the viewer to the owner."""

    standing: str
    visibility: int
    blocked: tuple[str, ...]
    viewer_blocked: tuple[str, ...]

    def expected(self, audience: str, field: str) -> tuple[bool, str]:
        """The answer and its rule, from the prose."""
        if "profile" in self.blocked:
            return False, "blocked"
        if "profile" in self.viewer_blocked:
            return False, "viewer-blocked"
        rule = OVERRIDES[self.visibility]
        if rule is None:
            return LETS_IN[audience, self.standing], f"audience-{audience}"
        return {
            1: LETS_IN[audience, "stranger"],
            2: LETS_IN[audience, "contact"],
            4: field in CUSTOM,
            8: False,
            16: field in SET["fields"],  # type: ignore[operator]  # a list of names
            17: False,
        }[self.visibility], rule


CELLS = [
    Cell(*parts)
    for parts in itertools.product(
        ("stranger", "contact", "favorite"), OVERRIDES, BLOCKS, ((), ("messages",), ("profile",))
    )
]


def a_picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    return out.getvalue()


async def an_owner(service: Service) -> Person:
    """Somebody who publishes every field."""
    texts = {name: f"my {name}" for name in FIELDS if name not in {"picture", "presence"}}
    (owner,) = await service.people(fresh(), **texts)
    assert (await owner.call("PUT", "/v1/me/picture", content=a_picture())).is_success
    ident = await owner.ident()
    await service.node.store.write(
        lambda tx: tx.run("UPDATE account SET last_seen = 1790000000 WHERE id = ?", ident)
    )
    return owner


async def test_every_cell_of_section_3(generous: Service) -> None:
    owner = await an_owner(generous)
    viewers = await generous.people(*(fresh() for _ in CELLS))
    await owner.privacy(sets=[SET, {**SET, "id": 17}])
    for cell, viewer in zip(CELLS, viewers, strict=True):
        custom = {"fields": list(CUSTOM)} if cell.visibility == 4 else {}
        await owner.relate(
            viewer.address,
            contact=cell.standing != "stranger",
            favorite=cell.standing == "favorite",
            visibility=cell.visibility,
            blocked=list(cell.blocked),
            **custom,
        )
        await viewer.relate(owner.address, blocked=list(cell.viewer_blocked))
    await owner.privacy(sets=[SET])
    checked = 0
    for turn in range(len(AUDIENCES)):
        audiences = {
            field: AUDIENCES[(place + turn) % len(AUDIENCES)] for place, field in enumerate(FIELDS)
        }
        await owner.privacy(audiences=audiences)
        for cell, viewer in zip(CELLS, viewers, strict=True):
            expected = {field: cell.expected(audiences[field], field) for field in FIELDS}
            await hold_against(owner, viewer, expected)
            checked += len(expected)
    assert checked >= 2000


async def hold_against(
    owner: Person, viewer: Person, expected: dict[str, tuple[bool, str]]
) -> None:
    """Ask in every way who sees what, and why."""
    visible = {field for field, (is_visible, _) in expected.items() if is_visible}
    profile = await viewer.get(f"/v1/profiles/{owner.address}")
    assert set(profile["fields"]) == visible, expected
    relation = await viewer.get(f"/v1/contacts/{owner.address}")
    assert relation["profile"] == profile
    picture = await viewer.call("GET", f"/v1/profiles/{owner.address}/picture")
    assert picture.status_code == (200 if "picture" in visible else 404)
    preview = (await owner.get(f"/v1/me/preview?viewer={viewer.address}"))["fields"]
    for field, (is_visible, rule) in expected.items():
        assert preview[field]["visible"] is is_visible
        assert preview[field]["because"][-1] == {"rule": rule, "decided": True}
        assert not any(because["decided"] for because in preview[field]["because"][:-1])
        assert preview[field].get("value") == profile["fields"].get(field)


async def test_the_list_and_sync_show_what_the_profile_shows(generous: Service) -> None:
    owner = await an_owner(generous)
    await owner.privacy(sets=[SET])
    viewers = await generous.people(*(fresh() for _ in range(4)))
    choices: tuple[Json, ...] = (
        {"contact": True},
        {"visibility": 16},
        {"visibility": 8},
        {"favorite": True, "blocked": ["profile"]},
    )
    for viewer, parts in zip(viewers, choices, strict=True):
        await owner.relate(viewer.address, **parts)
        synced = (await viewer.sync(owner.address))["matched"][0]
        listed, _ = await viewer.whole_list()
        profile = await viewer.get(f"/v1/profiles/{owner.address}")
        assert synced["profile"] == listed[owner.address]["profile"] == profile


async def test_audience_and_impact_agree_with_the_previews(generous: Service) -> None:
    owner = await an_owner(generous)
    await owner.privacy(sets=[SET])
    viewers = await generous.people(*(fresh() for _ in range(6)))
    parts: tuple[Json, ...] = (
        {"contact": True},
        {"favorite": True},
        {"visibility": 1},
        {"visibility": 16},
        {"contact": True, "blocked": ["profile"]},
        {"visibility": 4, "fields": ["email"]},
    )
    for viewer, part in zip(viewers, parts, strict=True):
        await owner.relate(viewer.address, **part)

    async def seen() -> dict[str, set[str]]:
        answer = {}
        for viewer in viewers:
            fields = (await owner.get(f"/v1/me/preview?viewer={viewer.address}"))["fields"]
            answer[viewer.address] = {name for name in FIELDS if fields[name]["visible"]}
        return answer

    before = await seen()
    for field in FIELDS:
        audience = await owner.get(f"/v1/me/audience?field={field}")
        assert {seer["address"] for seer in audience["visible"]} == {
            address for address, names in before.items() if field in names
        }
        assert len(audience["visible"]) + len(audience["hidden"]) == len(viewers)
    change = {"audiences": {"email": "everyone", "status": "favorites", "name": "nobody"}}
    relations = [{"address": viewers[0].address, "visibility": 8}]
    question = {"privacy": change, "relations": relations}
    answer = await owner.call("POST", "/v1/me/impact", json=question)
    assert answer.status_code == 200, answer.text
    assert await seen() == before
    await owner.privacy(**change)
    await owner.relate(viewers[0].address, visibility=8)
    after = await seen()
    for side, old, new in (("gains", before, after), ("loses", after, before)):
        told = {effect["address"]: set(effect["fields"]) for effect in answer.json()[side]}
        assert told == {
            address: new[address] - old[address] for address in old if new[address] - old[address]
        }
