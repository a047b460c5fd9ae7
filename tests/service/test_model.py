"""Several people doing anything in any order, against the plain reference."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.service import feed
from app.service.budget import Allowance
from tests.engines import ENGINES, new_database
from tests.service.people import START, Json, Person, Service, serve
from tests.service.reference import DEFAULTS, Reference

T = TypeVar("T")

ADDRESSES = ("18005550001", "18005550002", "ann", "a.handle.of.more.than.fifteen.characters")
AUDIENCES = ("everyone", "contacts", "favorites", "nobody")
TEXT_FIELDS = ("name", "status", "about", "email", "birthday")
SET = 16

address = st.sampled_from(ADDRESSES)
audience = st.sampled_from(AUDIENCES)
value = st.sampled_from(("one", "two", "ünï ✓"))


class Replica:
    """What a client holds that applies what it is sent and asks for nothing else."""

    def __init__(self) -> None:
        self.relations: dict[str, Json] = {}

    def apply_delta(self, page: Json) -> None:
        for gone in page["removed"]:
            self.relations.pop(gone, None)
        for relation in page["relations"]:
            self.relations[relation["address"]] = relation

    def apply_event(self, kind: str, data: Json) -> None:
        if kind == "relation":
            data = {name: part for name, part in data.items() if name not in {"joined", "left"}}
            self.relations[data["address"]] = data
        elif kind == "profile" and data["address"] in self.relations:
            held = self.relations[data["address"]]
            if data["version"] >= held["profile"]["version"]:
                self.relations[data["address"]] = {**held, "profile": data}


class Machine(RuleBasedStateMachine):
    """Everybody has three devices: one asks, one listens, and one is away most of the time."""

    new_database: Callable[[], Path | str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = self.new_database()
        self.starts = count()
        self.start()
        self.reference = Reference()
        self.people: dict[str, Person] = {}
        self.by_delta: dict[str, tuple[Replica, str]] = {}
        self.by_events: dict[str, tuple[Replica, int]] = {}
        self.away: dict[str, tuple[Replica, str]] = {}
        self.versions: dict[tuple[str, str], tuple[int, Json]] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def start(self) -> None:
        later = START + 60 * next(self.starts)
        self.context = serve(self.database, Allowance(1_000_000, 6), later)
        self.service: Service = self.run(self.context.__aenter__())

    def teardown(self) -> None:
        self.run(self.context.__aexit__(None, None, None))
        self.runner.close()

    # ---- what people do

    @initialize()
    def begin(self) -> None:
        for each in ADDRESSES[:3]:
            self.join(each, "first")

    @rule(who=address, name=value)
    def join(self, who: str, name: str) -> None:
        if who in self.people:
            return
        (self.people[who],) = self.run(self.service.people(who, name=name, status=name))
        self.reference.create(who, {"name": name, "status": name})
        cursor = self.run(self.people[who].whole_list())[1]
        self.by_delta[who] = Replica(), cursor
        self.by_events[who] = Replica(), self.run(self.people[who].head())
        self.away[who] = Replica(), cursor
        self.check()

    @precondition(lambda self: len(self.people) > 1)
    @rule(who=address)
    def leave(self, who: str) -> None:
        if who not in self.people:
            return
        path = f"/v1/operator/users/{who}"
        assert self.run(self.service.operator("DELETE", path)).status_code == 204
        for each in (self.people, self.by_delta, self.by_events, self.away):
            del each[who]
        for pair in [pair for pair in self.versions if pair[0] == who]:
            del self.versions[pair]
        self.reference.erase(who)
        self.check()

    @rule(who=address, name=st.sampled_from(TEXT_FIELDS), text=st.none() | value)
    def publish(self, who: str, name: str, text: str | None) -> None:
        if who not in self.people:
            return
        self.run(self.people[who].publish(**{name: text}))
        fields = self.reference.accounts[who].fields
        fields.pop(name, None)
        if text is not None:
            fields[name] = text
        self.check()

    @rule(who=address, name=st.sampled_from(sorted(DEFAULTS)), to=audience)
    def set_audience(self, who: str, name: str, to: str) -> None:
        if who not in self.people:
            return
        self.run(self.people[who].privacy(audiences={name: to}))
        self.reference.accounts[who].audiences[name] = to
        self.check()

    @rule(who=address, to=audience)
    def set_searchable(self, who: str, to: str) -> None:
        if who not in self.people:
            return
        self.run(self.people[who].privacy(searchable=to))
        self.reference.accounts[who].searchable = to
        self.reference.match()
        self.check()

    @rule(who=address, fields=st.none() | st.sets(st.sampled_from(TEXT_FIELDS)))
    def set_sets(self, who: str, fields: set[str] | None) -> None:
        if who not in self.people:
            return
        sets = [] if fields is None else [{"id": SET, "name": "S", "fields": sorted(fields)}]
        self.run(self.people[who].privacy(sets=sets))
        self.reference.accounts[who].sets = {} if fields is None else {SET: sorted(fields)}
        self.check()

    @rule(
        who=address,
        entries=st.lists(
            st.tuples(
                st.lists(address, min_size=1, max_size=3),
                st.booleans(),
                st.booleans(),
                st.none() | st.sampled_from((0, 1, 2, 8)),
            ),
            min_size=1,
            max_size=2,
        ),
    )
    def sync(self, who: str, entries: list[tuple[list[str], bool, bool, int | None]]) -> None:
        if who not in self.people:
            return
        sent: list[Json] = []
        last: dict[str, Json] = {}
        for addresses, contact, subscribe, visibility in entries:
            entry: Json = {"addresses": addresses, "contact": contact, "subscribe": subscribe}
            parts: Json = {"contact": contact, "subscribed": subscribe}
            if visibility is not None:
                entry["visibility"] = parts["visibility"] = visibility
            sent.append(entry)
            last |= dict.fromkeys(addresses, parts)
        answer = self.run(
            self.people[who].call("POST", "/v1/contacts/sync", json={"entries": sent})
        )
        assert answer.status_code == 200, answer.text
        for peer, parts in last.items():
            if peer != who:
                self.reference.change(who, peer, origin="import", **parts)
        found = answer.json()
        listed = self.reference.list_of(who)
        assert {each["address"] for each in found["matched"]} == {
            peer for peer in last if peer != who and listed[peer]["state"] == "matched"
        }
        for relation in found["matched"]:
            assert plain(relation) == listed[relation["address"]]
        assert set(found["pending"]) == {
            peer for peer in last if peer != who and listed[peer]["state"] == "pending"
        }
        assert [each["address"] for each in found["rejected"]] == [who] * (who in last)
        self.check()

    @rule(
        who=address,
        peer=address,
        parts=st.fixed_dictionaries(
            {},
            optional={
                "contact": st.booleans(),
                "subscribed": st.booleans(),
                "blocked": st.sampled_from(([], ["messages"], ["profile"])),
                "visibility": st.sampled_from((0, 1, 2, 4, 8, SET)),
            },
        ),
        favorite=st.none() | st.booleans(),
        fields=st.sets(st.sampled_from(TEXT_FIELDS)),
    )
    def relate(
        self, who: str, peer: str, parts: Json, favorite: bool | None, fields: set[str]
    ) -> None:
        if who not in self.people or peer == who:
            return
        if favorite is not None and not (favorite and parts.get("contact") is False):
            parts = {**parts, "favorite": favorite}
        if parts.get("visibility") == SET and SET not in self.reference.accounts[who].sets:
            return
        if parts.get("visibility") == 4:
            parts = {**parts, "fields": sorted(fields)}
        relation = self.run(self.people[who].relate(peer, **parts))
        self.reference.change(who, peer, **parts)
        assert plain(relation) == self.reference.list_of(who)[peer]
        self.check()

    @rule(who=address, peer=address)
    def let_go(self, who: str, peer: str) -> None:
        if who not in self.people:
            return
        self.run(self.people[who].drop(peer))
        self.reference.kept.pop((who, peer), None)
        self.reference.match()
        self.check()

    @rule(who=address)
    def withdraw(self, who: str) -> None:
        if who not in self.people:
            return
        assert self.run(self.people[who].call("DELETE", "/v1/me/contacts")).status_code == 204
        for owner, peer in list(self.reference.kept):
            if owner == who:
                del self.reference.kept[owner, peer]
        self.check()

    @rule(who=address, peer=address)
    def look(self, who: str, peer: str) -> None:
        if who not in self.people or peer == who:
            return
        profile = self.run(self.people[who].get(f"/v1/profiles/{peer}"))
        assert profile["fields"] == self.reference.sees(who, peer)
        self.note_version(who, profile)
        self.check()

    @rule()
    def restart(self) -> None:
        """What anybody holds, cursors too, is as good at the next node."""
        self.run(self.context.__aexit__(None, None, None))
        self.start()
        for person in self.people.values():
            person.service = self.service
        self.check()

    @rule(who=address)
    def come_back(self, who: str) -> None:
        """A device that was away hears at once what it missed."""
        if who in self.people:
            listed, _ = self.run(self.people[who].whole_list())
            self.run(self.catch_up(self.people[who], self.away, listed))

    # ---- what must hold

    def check(self) -> None:
        for who, person in self.people.items():
            self.run(self.check_one(who, person))

    async def check_one(self, who: str, person: Person) -> None:
        expected = self.reference.list_of(who)
        listed, _ = await person.whole_list(limit=2)
        assert {each: plain(relation) for each, relation in listed.items()} == expected
        for relation in listed.values():
            self.note_version(who, relation["profile"])
        await self.catch_up(person, self.by_delta, listed)
        replica, seq = self.by_events[who]
        head = await person.head()
        for item in await person.heard(seq):
            assert seq < item.seq <= head
            replica.apply_event(item.kind, json.loads(item.data))
        for gone in replica.relations.keys() - listed.keys():
            del replica.relations[gone]  # told by the answer to the call itself
        self.by_events[who] = replica, head
        self.compare(replica, listed)

    async def catch_up(
        self, person: Person, devices: dict[str, tuple[Replica, str]], listed: dict[str, Json]
    ) -> None:
        """Bring one of the devices that ask up to date; then it holds what is listed."""
        replica, cursor = devices[person.address]
        page = await person.get(f"/v1/contacts?cursor={cursor}&limit=2")
        devices[person.address] = replica, page["cursor"]
        replica.apply_delta(page)
        while "next" in page:
            page = await person.get(f"/v1/contacts?page={page['next']}")
            replica.apply_delta(page)
        self.compare(replica, listed)

    def compare(self, replica: Replica, listed: dict[str, Json]) -> None:
        assert replica.relations.keys() == listed.keys()
        for each, relation in listed.items():
            held = replica.relations[each]
            if relation["subscribed"]:
                assert held == relation
                continue
            # Without a subscription an old value may stand, but never one that was hidden.
            assert {**held, "profile": None} == {**relation, "profile": None}
            assert held["profile"]["fields"].keys() <= relation["profile"]["fields"].keys()

    def note_version(self, who: str, profile: Json) -> None:
        pair = who, profile["address"]
        version, fields = self.versions.get(pair, (0, {}))
        assert profile["version"] >= version
        if profile["version"] == version:
            assert profile["fields"] == fields
        self.versions[pair] = profile["version"], profile["fields"]


def plain(relation: Json) -> Json:
    """A relation without its version, and with what has no order in order."""
    shown = {**relation, "blocked": sorted(relation["blocked"])}
    shown["profile"] = relation["profile"]["fields"]
    if "fields" in relation:
        shown["fields"] = sorted(relation["fields"])
    return shown


def budget(examples: int, steps: int, *, is_long: bool = False) -> settings:
    """Return how much to try: the same each time, or new ones."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not is_long,
        suppress_health_check=list(HealthCheck),
    )


LONG = [pytest.mark.long, pytest.mark.timeout(1800)]
BUDGETS = {
    ("sqlite", "short"): budget(20, 25),
    ("postgresql", "short"): budget(3, 15),
    ("sqlite", "long"): budget(400, 50, is_long=True),
    ("postgresql", "long"): budget(60, 50, is_long=True),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("length", ["short", pytest.param("long", marks=LONG)])
def test_everybody_holds_what_they_may_see(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    length: str,
) -> None:
    # Among so few, a change would never go to disk in parts; here it does for each viewer.
    monkeypatch.setattr(feed, "FIRST_PART", 1)
    monkeypatch.setattr(feed, "PART", 1)
    numbers = count()

    def new() -> Path | str:
        if engine == "sqlite":
            return tmp_path / f"{next(numbers)}.db"
        return new_database(request.getfixturevalue("postgresql"))

    class OnEngine(Machine):
        new_database = staticmethod(new)

    run_state_machine_as_test(OnEngine, settings=BUDGETS[engine, length])
