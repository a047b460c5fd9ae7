"""A world from a seed: the same seed and count, the same people, relations and happenings."""

from random import Random
from typing import Final

from msgspec.structs import replace

from app.domain import Audience, Block, Field, Visibility
from app.wire import NewFields, PatchFields, PutPrivacy
from app.worlds.pictures import MOTIFS
from app.worlds.world import FEWEST, MOST, Drawing, Happening, Recipe, Tie, World, WorldPerson

KEEPERS: Final = 400
"""How many of the others keep me, at most: each of them makes calls of their own."""
KEPT: Final = 2_000
"""How many of the others I keep, at most; a book brings more."""
PICTURES: Final = 300
BUSY: Final = 200
"""How many change while the world is lived, at most."""

AREAS: Final = tuple(
    area for area in map(str, range(201, 990)) if area[1:] != "11" and area[1] != "9"
)
"""North American area codes; with 555-0100 to 555-0199 no number in them is anybody's."""

GIVEN: Final = (
    *("Ada", "Amina", "Anouk", "Aya", "Björn", "Carlos", "Chiara", "Dara", "Elif", "Emeka"),
    *("Farid", "Freya", "Gita", "Hana", "Hugo", "Ines", "Ivo", "Jamal", "Jin", "Kofi"),
    *("Lars", "Leila", "Linh", "Mateo", "Mei", "Milena", "Nadia", "Noor", "Olu", "Omar"),
    *("Priya", "Quentin", "Rosa", "Sami", "Selma", "Tariq", "Tove", "Uma", "Viktor", "Wanjiru"),
    *("Xin", "Yael", "Yuki", "Zainab", "Zoe", "אורי", "سارة", "Андрей", "美咲", "서준"),
)
FAMILY: Final = (
    *("Abara", "Adeyemi", "Andersen", "Baker", "Banerjee", "Costa", "Cruz", "Dubois", "Eriksen"),
    *("Farouk", "Ferreira", "Fischer", "Garcia", "Haddad", "Hughes", "Ivanova", "Jansen", "Kamau"),
    *("Kaya", "Kowalska", "Lindqvist", "Lombardi", "Mensah", "Moreau", "Nakamura", "Ng", "Novák"),
    *("Obrien", "Okafor", "Papadopoulou", "Park", "Quispe", "Rahman", "Rossi", "Sato", "Silva"),
    *("Singh", "Sørensen", "Tan", "Tanaka", "Umarov", "van der Berg", "Watanabe", "Yildirim"),
)
STATUSES: Final = (
    *("Out walking", "In a meeting", "Back on Monday", "At the allotment", "On the train"),
    *("Reading", "Cooking for twelve", "New phone, same me", "Night shift", "Gone sailing"),
    *("Available", "At the library", "Rehearsing", "Marking papers", "Somewhere with no signal"),
)
AUDIENCES: Final = tuple(Audience)
RULES: Final = (Visibility.PUBLIC, Visibility.CONTACT, Visibility.HIDDEN)


def grow(recipe: Recipe) -> World:
    """Make the world of a recipe."""
    chance = Random(f"kith {recipe.seed}")
    count = min(max(recipe.count, FEWEST), MOST)
    people = tuple(_person(chance, number) for number in range(count))
    others = [person.id for person in people[1:]]
    return World(
        about=recipe.about,
        me=people[0].id,
        people=people,
        relations=(*_kept_by_me(chance, others), *_keeping_me(chance, others)),
        happenings=tuple(_happenings(chance, others)),
    )


def _person(chance: Random, number: int) -> WorldPerson:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    drawing = Drawing(chance.choice(sorted(MOTIFS)), chance.randrange(1000))
    return WorldPerson(
        id="me" if number == 0 else f"p{number}",
        address=_address(number),
        fields=NewFields(name=f"{given} {family}", status=chance.choice(STATUSES)),
        picture=drawing if number < PICTURES and number % 5 else None,
        privacy=_privacy(chance) if number < KEEPERS else PutPrivacy(),
    )


def _address(number: int) -> str:
    """Give every fourth a handle, the others a number that is nobody's."""
    if number % 4 == 0 or number >= len(AREAS) * 100:
        return f"someone.{number}"
    area, line = divmod(number * 7919 % (len(AREAS) * 100), 100)
    return f"+1{AREAS[area]}55501{line:02}"


def _privacy(chance: Random) -> PutPrivacy:
    if chance.choice((True, True, False)):
        return PutPrivacy()
    chosen = {field: chance.choice(AUDIENCES) for field in (Field.STATUS, Field.PICTURE)}
    return PutPrivacy(audiences=chosen)


def _kept_by_me(chance: Random, others: list[str]) -> list[Tie]:
    kept = chance.sample(others, min(len(others), KEPT))
    return [_tie(chance, "me", other) for other in kept]


def _keeping_me(chance: Random, others: list[str]) -> list[Tie]:
    keepers = chance.sample(others, min(len(others), KEEPERS))
    return [_tie(chance, other, "me") for other in keepers]


def _tie(chance: Random, owner: str, to: str) -> Tie:
    """Most are plain contacts; a few are favorites, blocked, or have a rule of their own."""
    (kind,) = chance.choices(("plain", "favorite", "blocked", "rule"), (85, 8, 3, 4))
    if kind == "blocked":
        return Tie(owner=owner, to=to, blocked=tuple(Block))
    tie = Tie(owner=owner, to=to, contact=True, subscribed=True)
    if kind == "favorite":
        return replace(tie, favorite=True)
    if kind == "rule":
        return replace(tie, visibility=chance.choice(RULES))
    return tie


def _happenings(chance: Random, others: list[str]) -> list[Happening]:
    """About ten changes a second where there are people enough."""
    busy = chance.sample(others, min(len(others), BUSY))
    return [
        Happening(
            after=round(chance.uniform(1, 20), 1),
            every=20,
            who=who,
            publish=tuple(PatchFields(status=status) for status in chance.sample(STATUSES, 3)),
        )
        for who in busy
    ]
