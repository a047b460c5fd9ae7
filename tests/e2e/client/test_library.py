"""The library by mesibo's names, against a real service."""

import asyncio
from pathlib import Path

import pytest

from app.domain import Block, Message, State
from app.library import Event, Kith, Listener, Profile
from app.paths import Paths
from app.views import SyncReport
from tests.contract.outside import PATIENCE_S, Service
from tests.e2e.client.conftest import account_of, fresh, until

pytestmark = pytest.mark.anyio


class Notes(Listener):
    """Writes down what it hears."""

    def __init__(self, name: str, notes: list[tuple[str, str, object]]) -> None:
        self.name = name
        self.notes = notes

    def on_profile_updated(self, profile: Profile) -> None:
        self.notes.append((self.name, "updated", profile.name))

    def on_contact_joined(self, profile: Profile) -> None:
        self.notes.append((self.name, "joined", profile.address))

    def on_sync_progress(self, done: int, total: int) -> None:
        self.notes.append((self.name, "progress", total))

    def on_sync_finished(self, report: SyncReport) -> None:
        self.notes.append((self.name, "finished", (report.matched, report.pending)))

    def on_message(self, message: Message) -> None:
        self.notes.append((self.name, "message", message.text))


async def test_a_profile_is_blank_at_once_and_asked_for_once(
    service: Service, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    notes: list[tuple[str, str, object]] = []
    async with Kith(account_of(me), Paths(tmp_path)) as kith:
        await kith.settled()
        kith.add_listener(Notes("all", notes))
        with kith.events() as events:
            assert kith.get_profile(ann.address).name is None
            kith.get_profile("+" + ann.address)
            async with asyncio.timeout(PATIENCE_S):
                await anext(events)
        assert kith.get_profile(ann.address).name == "Ann"
        assert notes == [("all", "updated", "Ann")]
        assert me.get("/v1/contacts")["relations"] == []


async def test_queued_entries_keep_their_flags_until_they_are_sent(
    service: Service, tmp_path: Path
) -> None:
    me, ann, bob = service.people(fresh(), fresh(), fresh(), name="Somebody")
    nobody = fresh()
    notes: list[tuple[str, str, object]] = []
    async with Kith(account_of(me), Paths(tmp_path)) as kith:
        kith.add_listener(Notes("all", notes))
        kith.sync_contacts([ann.address], add_contact=False, subscribe=True)
        kith.sync_contact(bob.address, visibility=8)
        kith.sync_contact(nobody)
        await kith.settled()
        assert me.get("/v1/contacts")["relations"] == []
        kith.sync_contacts()
        await kith.settled()
        kept = {each["address"]: each for each in me.get("/v1/contacts")["relations"]}
        assert not kept[ann.address]["contact"]
        assert kept[ann.address]["subscribed"]
        assert kept[bob.address]["visibility"] == 8
        assert kept[nobody]["state"] == "pending"
        assert ("all", "finished", (2, 1)) in notes
        assert any(note[1] == "progress" for note in notes)


async def test_a_queued_entry_survives_a_restart(service: Service, tmp_path: Path) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    async with Kith(account_of(me), Paths(tmp_path)) as kith:
        kith.sync_contact(ann.address, add_contact=False)
    async with Kith(account_of(me), Paths(tmp_path)) as kith:
        kith.sync_contacts()
        await kith.settled()
        assert kith.get_profile(ann.address).state is State.MATCHED
        assert not me.get(f"/v1/contacts/{ann.address}")["contact"]


async def test_what_is_saved_on_a_profile_is_sent(service: Service, tmp_path: Path) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    async with Kith(account_of(me), Paths(tmp_path)) as kith:
        profile = kith.get_profile(ann.address)
        profile.favorite = True
        profile.block = (Block.MESSAGES,)
        profile.save()
        await kith.settled()
        kept = me.get(f"/v1/contacts/{ann.address}")
        assert (kept["favorite"], kept["contact"], kept["blocked"]) == (True, True, ["messages"])
        profile = kith.get_profile(ann.address)
        assert profile.favorite
        profile.favorite = False
        profile.save()
        await kith.settled()
        assert not me.get(f"/v1/contacts/{ann.address}")["favorite"]


async def test_listeners_hear_globally_first_and_the_iterator_hears_the_same(
    service: Service, tmp_path: Path
) -> None:
    (me,) = service.people(fresh(), name="Me")
    address = fresh()
    notes: list[tuple[str, str, object]] = []
    async with Kith(account_of(me), Paths(tmp_path)) as kith:
        kith.sync_contact(address, sync_now=True)
        await kith.settled()
        await until(kith.session, lambda: kith.session.state.status.value == "idle")
        kith.get_profile(address).add_listener(Notes("one", notes))
        end = kith.add_listener(Notes("all", notes))
        with kith.events() as events:
            (ann,) = service.people(address, name="Ann")
            heard: list[Event] = []
            async with asyncio.timeout(PATIENCE_S):
                async for event in events:
                    heard.append(event)
                    if event.name == "on_contact_joined":
                        break
        assert notes == [
            ("all", "updated", "Ann"),
            ("one", "updated", "Ann"),
            ("all", "joined", address),
            ("one", "joined", address),
        ]
        end()
        with kith.events() as events:
            ann.send(me.address, "Hello")
            async with asyncio.timeout(PATIENCE_S):
                while (await anext(events)).name != "on_message":
                    continue
        assert notes[-1] == ("one", "message", "Hello")


async def test_automatic_sync_can_be_switched(service: Service, tmp_path: Path) -> None:
    (me,) = service.people(fresh(), name="Me")
    async with Kith(account_of(me), Paths(tmp_path)) as kith:
        kith.enable_auto_sync_contacts(False)
        await kith.settled()
        assert me.get("/v1/me")["auto_sync"] is False
