"""World files: what they may say, and that the same file or seed is the same world."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.addresses import parse_address
from app.worlds.faults import faults
from app.worlds.files import (
    MOST_BYTES,
    WORLDS,
    NotInWorld,
    WorldUnreadable,
    must_be_there,
    read,
    seeded_path,
)
from app.worlds.pictures import MOTIFS, draw
from app.worlds.seeded import grow
from app.worlds.world import REGION, Drawing, Recipe

ROOT = Path(__file__).parents[2]
SEVEN = "aeb60625c08568ff53dc53c27b25c97df555ffaa70931000370f1e716d5e5b1c"
"""The digest of the world of the seed 7 with 700 people."""
SHIPPED = sorted(WORLDS.glob("*.json"))
ANA = {"id": "ana", "address": "ana"}


def a_file(folder: Path, **members: object) -> Path:
    path = folder / "world.json"
    path.write_text(json.dumps({"about": "a test", "people": [ANA], **members}))
    return path


def test_a_dozen_worlds_are_shipped() -> None:
    assert len(SHIPPED) >= 12


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_world_is_sound(path: Path) -> None:
    world = read(path)
    assert world.about.endswith(".")
    assert world.me in {person.id for person in world.people}
    addresses = {parse_address(person.address, REGION) for person in world.people}
    assert len(addresses) == len(world.people)
    drawings = [person.picture for person in world.people if person.picture]
    drawings += [drawing for deed in world.happenings for drawing in deed.picture if drawing]
    assert {drawing.motif for drawing in drawings} <= set(MOTIFS)


@pytest.mark.parametrize("count", [3, 50, 5_000])
def test_the_same_seed_is_the_same_world(count: int) -> None:
    recipe = Recipe("a test", seed=7, count=count)
    assert grow(recipe) == grow(recipe)
    assert len(grow(recipe).people) == count
    assert grow(recipe) != grow(Recipe("a test", seed=8, count=count))


EVERY_WORLD = """
import hashlib, sys, msgspec
from app.worlds.files import WORLDS, read, seeded_path
from app.worlds.pictures import MOTIFS, draw
from app.worlds.world import Drawing
digest = hashlib.sha256()
for path in (*sorted(WORLDS.glob("*.json")), seeded_path(7, 3), seeded_path(7, 700)):
    digest.update(msgspec.json.encode(read(path)))
for motif in sorted(MOTIFS):
    digest.update(draw(Drawing(motif, 7)))
print(digest.hexdigest())
"""


def test_every_world_is_the_same_in_each_process_byte_for_byte() -> None:
    def made(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-c", EVERY_WORLD]
        return subprocess.run(
            words, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert len(made("1")) == 65
    assert made("1") == made("2")


def test_a_seed_is_the_same_world_on_every_python() -> None:
    people = msgspec.json.encode(grow(Recipe("a test", seed=7, count=700)))
    assert hashlib.sha256(people).hexdigest() == SEVEN, "or say in the README that seeds are new"


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**63), count=st.integers(3, 700))
def test_a_seed_is_one_sound_world_and_no_other(seed: int, count: int) -> None:
    world = grow(Recipe("a test", seed, count))
    assert msgspec.json.encode(world) == msgspec.json.encode(grow(Recipe("a test", seed, count)))
    assert world.people != grow(Recipe("a test", seed + 1, count)).people
    assert len(world.people) == count
    assert not [*faults(world)], "whoever is named is there, and everybody can be found"
    assert all(tie.owner != tie.to for tie in world.relations)
    assert len({(tie.owner, tie.to) for tie in world.relations}) == len(world.relations)


def test_a_seed_is_the_same_world_under_its_name_alone(tmp_path: Path) -> None:
    named = read(tmp_path / seeded_path(7, 12))
    assert named.people == grow(Recipe("", 7, 12)).people
    assert named.about == "12 people from the seed 7."
    for count in (2, 100_001):
        with pytest.raises(WorldUnreadable, match="from 3 to 100,000"):
            read(seeded_path(7, count))


@pytest.mark.parametrize(("asked", "made"), [(0, 3), (200_000, 100_000)])
def test_a_seed_makes_3_to_100000_people(asked: int, made: int) -> None:
    people = grow(Recipe("a test", seed=1, count=asked)).people
    assert len(people) == made
    assert len({person.address for person in people}) == made


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_a_picture_is_drawn_the_same_each_time_and_differs_by_seed(motif: str) -> None:
    assert draw(Drawing(motif, 1)) == draw(Drawing(motif, 1))
    assert draw(Drawing(motif, 1)) != draw(Drawing(motif, 2))


def test_whoever_joins_later_is_not_there_at_first(tmp_path: Path) -> None:
    path = a_file(tmp_path, happenings=[{"after": 1, "who": "ana", "join": True}])
    assert read(path).late == {"ana"}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"peple": []}, "peple"),
        ({"me": "bo"}, "'bo'"),
        ({"people": [ANA, ANA]}, "same id"),
        ({"relations": [{"from": "bo", "to": "ana"}]}, "'bo'"),
        ({"pairs": [["ana", "bo"]]}, "'bo'"),
        ({"happenings": [{"after": 1, "who": "ana"}]}, "exactly one deed"),
        ({"happenings": [{"after": 1, "who": "ana", "join": True, "leave": True}]}, "one deed"),
        ({"people": [{**ANA, "picture": {"motif": "cats"}}]}, "cats"),
        ({"people": [{**ANA, "fields": {"nick": "A"}}]}, "nick"),
    ],
)
def test_a_file_that_does_not_fit_says_why(
    tmp_path: Path, members: dict[str, object], said: str
) -> None:
    with pytest.raises(WorldUnreadable, match=said):
        read(a_file(tmp_path, **members))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"people": []}, "nobody in it"),
        ({"people": [ANA] * 100_001}, "100,001 people in it, and a world holds 100,000; take"),
        ({"people": [ANA, {"id": "bo", "address": "Ana"}]}, "'ana' and 'bo' have the same address"),
        ({"people": [{"id": "ana", "address": "not one"}]}, "'not one', which stands with 'ana'"),
        ({"relations": [{"from": "ana", "to": "a b"}]}, "'a b', which stands with 'ana'"),
        (
            {"happenings": [{"after": 1, "who": "ana", "message": {"to": "+1", "text": ""}}]},
            "neither somebody's id nor a number",
        ),
    ],
)
def test_a_world_that_cannot_be_made_is_told_before_it_is_begun(
    tmp_path: Path, members: dict[str, object], said: str
) -> None:
    with pytest.raises(WorldUnreadable, match=said):
        read(a_file(tmp_path, **members))


def test_a_broken_file_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    path.write_text('{"about": "a test",\n "people": [\n  {"id": "ana" "address": "ana"}]}')
    with pytest.raises(WorldUnreadable, match=r"line 3, column 16: JSON is malformed.* mend it"):
        read(path)
    path.write_text('{"about": "a test",\n "people": [')
    with pytest.raises(WorldUnreadable, match="ends in line 2"):
        read(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)  # a hole: nothing is written
    with pytest.raises(WorldUnreadable, match=r"134 MB.*seed-7-100000"):
        read(path)


def test_who_is_not_there_is_told_with_who_is() -> None:
    world = grow(Recipe("a test", 7, 10))
    must_be_there(world, ["me", "p9"])
    with pytest.raises(NotInWorld, match=r"called zoe .* me, p1, p2, p3, p4 and 5 others"):
        must_be_there(world, ["me", "zoe"])
    waiting = read(WORLDS / "waiting-room.json")
    with pytest.raises(NotInWorld, match="joins this world only later"):
        must_be_there(waiting, [min(waiting.late)])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"about": 1}'])
def test_a_broken_file_is_an_error_of_ours(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "world.json"
    path.write_bytes(content)
    with pytest.raises(WorldUnreadable):
        read(path)


def test_a_file_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(WorldUnreadable):
        read(tmp_path / "nowhere.json")


def test_worlds_can_be_written_and_read_again(tmp_path: Path) -> None:
    world = grow(Recipe("a test", seed=3, count=20))
    path = tmp_path / "world.json"
    path.write_bytes(msgspec.json.encode(world))
    assert read(path) == world
