"""Sessions against a real service over a real socket."""

import asyncio
import sys
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.domain import Address, Audience, Block, Field, Origin, Privacy, State, Visibility
from app.errors import SignedOut
from app.paths import Paths
from app.session import Session, Status
from app.wire import Suppose, SupposedRelation
from tests.contract.outside import ROOT, Service, serve
from tests.e2e.client.conftest import account_of, fresh, open_session, until

pytestmark = pytest.mark.anyio


def png(colour: str) -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8), colour).save(data, "PNG")
    return data.getvalue()


async def test_added_people_are_matched_or_pending(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann", status="Here")
    session = await open_session(sessions, me, tmp_path)
    here = session.add_contact("My Ann", ["+" + ann.address], "US")
    there = session.add_contact("Nobody", ["+" + fresh()], "US")
    await session.settled()
    row = session.rows_of([here])[here]
    assert (row.state, row.published_name, row.name, row.origin) == (
        State.MATCHED,
        "Ann",
        "My Ann",
        Origin.MANUAL,
    )
    assert not row.waiting
    assert session.rows_of([there])[there].state is State.PENDING
    assert me.get(f"/v1/contacts/{ann.address}")["subscribed"]


async def test_what_is_done_offline_arrives_later_and_once(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    async with Session(account_of(me, "http://127.0.0.1:9"), Paths(tmp_path)) as session:
        await until(session, lambda: session.state.retry_at is not None)
        assert session.state.status is Status.OFFLINE
        who = session.add_contact("Ann", ["+" + ann.address], "US")
        session.set_blocked([who], (Block.PROFILE, Block.MESSAGES))
        session.save_me({Field.STATUS: "Away"})
    folder = Paths(tmp_path).account_dir("http://127.0.0.1:9", me.address)
    folder.rename(Paths(tmp_path).account_dir(service.url, me.address))
    session = await open_session(sessions, me, tmp_path)
    assert me.get(f"/v1/contacts/{ann.address}")["blocked"] == ["messages", "profile"]
    assert me.get("/v1/me")["fields"]["status"] == "Away"
    assert session.state.waiting == 0
    assert len(me.get("/v1/contacts")["relations"]) == 1


async def test_live_updates_joining_and_leaving(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    (me,) = service.people(fresh(), name="Me")
    session = await open_session(sessions, me, tmp_path)
    address = fresh()
    who = session.add_contact("", ["+" + address], "US")
    await session.settled()
    joined: list[object] = []
    session.changes.subscribe(lambda change: joined.extend(change.joined))
    (ann,) = service.people(address, name="Ann", email="a@a.example")
    await until(session, lambda: session.rows_of([who])[who].state is State.MATCHED)
    assert joined == [who]
    assert session.rows_of([who])[who].joined_at is not None
    assert session.rows_of([who])[who].name == "Ann"
    ann.publish(name="Anna")
    await until(session, lambda: session.rows_of([who])[who].name == "Anna")
    service.operator("DELETE", f"/v1/operator/users/{address}")
    await until(session, lambda: session.rows_of([who])[who].state is State.PENDING)
    assert session.rows_of([who])[who].published_name is None


async def test_what_is_hidden_leaves_the_disk(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    (me,) = service.people(fresh(), name="Me")
    (ann,) = service.people(fresh(), name="Canary Ann", about="Canary of the mine")
    ann.relate(me.address, contact=True)
    answer = ann.call(
        "PUT", "/v1/me/picture", content=png("red"), headers={"Content-Type": "image/png"}
    )
    assert answer.status_code < 300, answer.text
    session = await open_session(sessions, me, tmp_path)
    who = session.add_contact("", ["+" + ann.address], "US")
    await session.settled()
    address = Address(ann.address)
    assert session.rows_of([who])[who].name == "Canary Ann"
    await until(session, lambda: session.picture(address) is not None)
    picture = session.picture(address)
    assert picture is not None
    assert files_with(tmp_path, b"Canary of the mine")
    assert files_with(tmp_path, picture)
    ann.relate(me.address, blocked=["profile"])
    await until(session, lambda: session.rows_of([who])[who].picture is None)
    assert session.picture(address) is None
    assert not files_with(tmp_path, b"Canary")
    assert not files_with(tmp_path, b"canary")
    assert not files_with(tmp_path, picture)


async def test_two_sessions_of_one_account_agree(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    one = await open_session(sessions, me, tmp_path / "one")
    two = await open_session(sessions, me, tmp_path / "two")
    who = one.add_contact("Ann", ["+" + ann.address], "US")
    one.set_favorite([who], True)
    await until(two, lambda: any(row.favorite for row in two.rows()))
    other = two.rows()[0].id
    two.set_visibility([other], Visibility.CUSTOM, (Field.NAME, Field.STATUS))
    await until(one, lambda: one.rows_of([who])[who].visibility == Visibility.CUSTOM)
    two.remove([other])
    await until(one, lambda: not one.rows_of([who])[who].contact)
    one.save_me({Field.NAME: "It is me"})
    await until(two, lambda: (mine := two.me()) is not None and mine.fields.name == "It is me")


async def test_my_picture_privacy_and_preview(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    session = await open_session(sessions, me, tmp_path)
    session.save_picture(png("blue"))
    privacy = Privacy()
    privacy.audiences[Field.NAME] = Audience.NOBODY
    session.save_privacy(privacy)
    who = session.add_contact("Ann", ["+" + ann.address], "US")
    await session.settled()
    await until(session, lambda: session.my_picture() is not None)
    preview = await session.preview(viewer=ann.address)
    assert not preview.fields[Field.NAME].visible
    assert preview.fields[Field.NAME].because[-1].rule == "audience-nobody"
    audience = await session.audience(Field.PICTURE)
    assert [seer.address for seer in audience.visible] == [ann.address]
    impact = await session.impact(
        Suppose(relations=[SupposedRelation(address=ann.address, visibility=8)])
    )
    assert impact.loses[0].address == ann.address
    session.set_visibility([who], Visibility.HIDDEN)
    await session.settled()
    assert "picture" not in ann.sees(me)


async def test_a_refused_change_is_shown_and_is_not_lost(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    session = await open_session(sessions, me, tmp_path)
    who = session.add_contact("Ann", ["+" + ann.address], "US")
    await session.settled()
    session.set_visibility([who], 77)
    await session.settled()
    person = session.person(who)
    assert person is not None
    assert person.entries[0].failure
    assert person.row.visibility == Visibility.DEFAULT
    session.set_visibility([who], Visibility.HIDDEN)
    await session.settled()
    person = session.person(who)
    assert person is not None
    assert person.entries[0].failure is None
    assert me.get(f"/v1/contacts/{ann.address}")["visibility"] == Visibility.HIDDEN


async def test_over_budget_waits_its_turn(sessions: AsyncExitStack, tmp_path: Path) -> None:
    with serve(tmp_path / "data", "--discovery-burst", "3", "--discovery-per-hour", "1") as small:
        (me,) = small.people(fresh(), name="Me")
        book = tmp_path / "book.vcf"
        book.write_text(
            "".join(
                f"BEGIN:VCARD\nVERSION:3.0\nFN:P{n}\nTEL:+{fresh()}\nEND:VCARD\n" for n in range(5)
            )
        )
        async with Session(account_of(me), Paths(tmp_path / "home")) as session:
            plan = await session.books.plan([book], "US")
            await session.books.run(plan, lambda done, total: None)
            await session.settled()
            await until(session, lambda: session.state.status is Status.WAITING)
            assert session.state.waiting == 2
            assert session.state.retry_at is not None
            late = [row for row in session.rows() if row.waiting]
            person = session.person(late[0].id)
            assert person is not None
            assert person.entries[0].deferred_until is not None
            one = session.add_contact("One more", ["+" + fresh()], "US")
            await session.settled()
            person = session.person(one)
            assert person is not None
            assert person.entries[0].deferred_until is not None
            session.undo()
            assert session.rows_of([one]) == {}


async def test_a_large_import_is_taken_back_and_done_again_at_the_service(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    (me,) = service.people(fresh(), name="Me")
    session = await open_session(sessions, me, tmp_path / "home")
    book = tmp_path / "book.csv"
    book.write_text("Name,Phone\n" + "".join(f"P{each},+{fresh()}\n" for each in range(130)))
    await session.books.run(await session.books.plan([book], "US"), lambda done, total: None)
    await session.settled()
    assert len(me.get("/v1/contacts")["relations"]) == 130
    session.undo()
    await session.settled()
    assert me.get("/v1/contacts")["relations"] == []
    assert (session.rows(), session.state.waiting) == ([], 0)
    session.redo()
    await session.settled()
    assert len(me.get("/v1/contacts")["relations"]) == 130


async def test_a_wrong_token_signs_out_and_keeps_the_book(service: Service, tmp_path: Path) -> None:
    (me,) = service.people(fresh(), name="Me")
    me.token = "wrong"
    async with Session(account_of(me), Paths(tmp_path)) as session:
        session.add_contact("Ann", ["+" + fresh()], "US")
        with pytest.raises(SignedOut):
            await session.settled()
        await until(session, lambda: session.state.status is Status.SIGNED_OUT)
        assert len(session.rows()) == 1
        assert session.state.waiting == 1


async def test_paused_nothing_is_sent(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    session = await open_session(sessions, me, tmp_path)
    session.pause(True)
    session.add_contact("Ann", ["+" + ann.address], "US")
    await session.settled()
    assert session.state.status is Status.PAUSED
    assert me.get("/v1/contacts")["relations"] == []
    session.pause(False)
    await session.settled()
    assert len(me.get("/v1/contacts")["relations"]) == 1


async def test_messages_go_and_come(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    session = await open_session(sessions, me, tmp_path / "me")
    other = await open_session(sessions, ann, tmp_path / "ann")
    address = Address(ann.address)
    session.send_message(address, "Hello")
    assert session.messages(address)[0].status == "waiting"
    mine = Address(me.address)
    await until(other, lambda: len(other.messages(mine)) == 1)
    assert other.messages(mine)[0].text == "Hello"
    await until(session, lambda: session.messages(address)[0].status == "delivered")
    await until(other, lambda: any(row.origin is Origin.AUTO for row in other.rows()))


async def test_a_cursor_that_cannot_be_honoured_reads_the_list_afresh(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    async with Session(account_of(me), Paths(tmp_path)) as session:
        session.add_contact("Ann", ["+" + ann.address], "US")
        await session.settled()
        await until(session, lambda: session.state.status is Status.IDLE)  # a cursor is saved
        with session._store.writing() as transaction:
            transaction.run("UPDATE meta SET value = 'nonsense' WHERE key = 'cursor'")
    ann.publish(name="Anna")
    me.relate(fresh(), contact=True)
    me.call("DELETE", f"/v1/contacts/{ann.address}")
    session = await open_session(sessions, me, tmp_path)
    who = next(row.id for row in session.rows() if row.name == "Ann")
    await until(session, lambda: not session.rows_of([who])[who].contact)
    assert session.rows_of([who])[who].published_name is None
    await until(session, lambda: len(session.rows()) == 2)


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from app.account import Account
from app.paths import Paths
from app.session import Session
async def main():
    url, address, token, home, other = sys.argv[1:]
    async with Session(Account(url, address, token), Paths(Path(home))) as session:
        session.add_contact("Ann", ["+" + other], "US")
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def test_a_deed_just_before_a_kill_arrives_once(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    command = [sys.executable, "-c", KILLED, service.url, me.address, me.token, str(tmp_path)]
    killed = await asyncio.create_subprocess_exec(*command, ann.address, cwd=ROOT)
    assert await killed.wait() == -9
    assert me.get("/v1/contacts")["relations"] == []
    session = await open_session(sessions, me, tmp_path)
    assert [row.name for row in session.rows()] == ["Ann"]
    assert [each["address"] for each in me.get("/v1/contacts")["relations"]] == [ann.address]


async def test_the_service_may_end_and_come_back(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as first:
        me, ann = first.people(fresh(), fresh(), name="Ann")
        port = first.url.rsplit(":", 1)[1]
        session = Session(account_of(me), Paths(tmp_path / "home"))
        await session.__aenter__()
        who = session.add_contact("Ann", ["+" + ann.address], "US")
        await session.settled()
    await until(session, lambda: session.state.status is Status.OFFLINE)
    session.set_favorite([who], True)
    with serve(tmp_path / "data", "--port", port):
        session.sync_now()
        await until(session, lambda: session.state.status is Status.IDLE)
        assert me.get(f"/v1/contacts/{ann.address}")["favorite"]
        await session.__aexit__(None, None, None)


def files_with(folder: Path, needle: bytes) -> list[Path]:
    """Look into every file, the database's log and the pictures too."""
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


async def test_a_surprise_is_told_however_late_the_session_began(
    service: Service, tmp_path: Path
) -> None:
    (me,) = service.people(fresh())
    told: list[BaseException] = []

    def hear(_kind: str, _happening: object) -> None:
        raise ZeroDivisionError

    async def live() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            session.hear(hear)
            asyncio.get_running_loop().call_soon(session.begin, account_of(me))
            try:
                await session.ended()
            except ExceptionGroup as surprise:
                told.append(surprise)

    with pytest.raises(ExceptionGroup) as ended:
        await live()
    assert ended.value in told
    assert ended.group_contains(ZeroDivisionError)


async def test_after_a_surprise_everything_goes_on_when_that_is_wanted(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ana = service.people(fresh(), fresh(), name="Ana")
    session = await open_session(sessions, me, tmp_path)

    def stumble(_kind: str, _happening: object) -> None:
        raise ZeroDivisionError

    end = session.hear(stumble)
    session.add_contact("Ana", [f"+{ana.address}"], "US")
    ana.publish(status="Here")
    with pytest.raises(ExceptionGroup):
        await session.ended()
    end()
    assert session.state.status is Status.OFFLINE
    with pytest.raises(ExceptionGroup):
        await session.settled()  # and does not wait for ever
    session.set_favorite([row.id for row in session.rows()], True)
    session.sync_now()
    await session.settled()
    await until(session, lambda: session.state.status is Status.IDLE)
    assert service.call("GET", f"/v1/contacts/{ana.address}", me.token).json()["favorite"]
