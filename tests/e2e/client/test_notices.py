"""What happens without me is kept until I have seen it, and can be taken back."""

from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from app.domain import Address, Field
from app.session import Session
from app.views import NoticeKind
from tests.contract.outside import Service
from tests.e2e.client.conftest import fresh, open_session, until
from tests.e2e.client.test_client import png

pytestmark = pytest.mark.anyio


def kinds(session: Session) -> list[NoticeKind]:
    return [each.kind for each in session.notices.read()]


async def test_whoever_writes_to_me_is_followed_and_need_not_be(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh(), name="Ann")
    session = await open_session(sessions, me, tmp_path)
    ann.send(me.address, "Hello", str(uuid4()))
    await until(session, lambda: kinds(session) == [NoticeKind.FOLLOWED])
    (notice,) = session.notices.read()
    assert session.notices.unseen() == 1
    session.notices.undo([notice.id])
    await session.settled()
    assert session.rows() == []
    assert me.call("GET", f"/v1/contacts/{ann.address}").status_code == 404
    assert session.notices.read()[0].settled == "undone"
    session.undo()
    await session.settled()
    assert me.get(f"/v1/contacts/{ann.address}")["subscribed"]


async def test_who_joins_is_noted_and_who_was_waited_for_is_marked(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    (me,) = service.people(fresh())
    there, awaited = fresh(), fresh()
    async with AsyncExitStack() as first:
        session = await open_session(first, me, tmp_path)
        for each in (there, awaited):
            session.add_contact("", ["+" + each], "US")
        await session.settled()
        session.pending.await_([Address(awaited)], on=True)
    session = await open_session(sessions, me, tmp_path)
    assert {each.address: each.awaited for each in session.pending.read()} == {
        there: False,
        awaited: True,
    }
    service.people(there, awaited)
    await until(session, lambda: kinds(session) == [NoticeKind.JOINED] * 2)
    assert {each.about: each.awaited for each in session.notices.read()} == {
        there: False,
        awaited: True,
    }
    assert session.pending.read() == []


async def test_what_another_session_changed_can_be_changed_back(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh())
    session = await open_session(sessions, me, tmp_path)
    session.add_contact("Ann", ["+" + ann.address], "US")
    await session.settled()
    assert kinds(session) == []
    me.relate(ann.address, favorite=True)
    await until(session, lambda: kinds(session) == [NoticeKind.CHANGED])
    session.notices.undo([session.notices.read()[0].id])
    await session.settled()
    assert not me.get(f"/v1/contacts/{ann.address}")["favorite"]
    me.call("DELETE", f"/v1/contacts/{ann.address}")
    await until(session, lambda: kinds(session)[0] is NoticeKind.REMOVED)
    session.notices.undo([session.notices.read()[0].id])
    await session.settled()
    assert me.get(f"/v1/contacts/{ann.address}")["contact"]


async def test_what_another_session_takes_back_itself_is_not_worth_a_word(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh())
    session = await open_session(sessions, me, tmp_path)
    who = session.add_contact("Ann", ["+" + ann.address], "US")
    await session.settled()
    me.relate(ann.address, favorite=True)
    await until(session, lambda: session.rows_of([who])[who].favorite)
    me.relate(ann.address, favorite=False)
    await until(session, lambda: not session.rows_of([who])[who].favorite)
    assert kinds(session) == []


async def test_being_paired_is_told_and_not_mine_to_undo(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    me, ann = service.people(fresh(), fresh())
    session = await open_session(sessions, me, tmp_path)
    session.add_contact("Ann", ["+" + ann.address], "US")
    await session.settled()
    service.operator("PUT", f"/v1/operator/pairs/{me.address}/{ann.address}")
    await until(session, lambda: kinds(session) == [NoticeKind.PAIRED])
    steps = session.steps()
    session.notices.undo([session.notices.read()[0].id])
    assert session.steps() == steps
    session.notices.keep([session.notices.read()[0].id])
    assert session.notices.read()[0].settled == "kept"
    assert session.notices.unseen() == 0


# ---- my own account


async def test_what_the_service_refuses_of_mine_is_kept_until_i_decide(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    (me,) = service.people(fresh(), name="Robin")
    session = await open_session(sessions, me, tmp_path)
    session.save_me({Field.ABOUT: "x" * 20_000})
    await until(session, lambda: bool(session.mine.refusals()))
    (refusal,) = session.mine.refusals()
    assert (refusal.part, refusal.value) == ("field:about", "x" * 20_000)
    assert kinds(session) == [NoticeKind.REFUSED]
    session.mine.try_again(refusal.part)
    await until(session, lambda: len(session.notices.read()) == 2)
    await until(session, lambda: bool(session.mine.refusals()))
    assert [each.settled for each in session.notices.read()] == ["", "kept"]
    session.mine.give_up(refusal.part)
    assert session.mine.refusals() == []
    assert all(each.settled for each in session.notices.read())


async def test_a_refused_field_does_not_cost_the_others(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    (me,) = service.people(fresh(), name="Robin")
    session = await open_session(sessions, me, tmp_path)
    session.save_me({Field.ABOUT: "x" * 20_000, Field.STATUS: "Walking"})
    await until(session, lambda: bool(session.mine.refusals()))
    await session.settled()
    assert [each.part for each in session.mine.refusals()] == ["field:about"]
    assert me.get("/v1/me")["fields"]["status"] == "Walking"


async def test_my_picture_can_be_undone_and_done_again(
    service: Service, sessions: AsyncExitStack, tmp_path: Path
) -> None:
    (me,) = service.people(fresh())
    session = await open_session(sessions, me, tmp_path)
    red, blue = png("red"), png("blue")

    def published() -> object:
        return me.get("/v1/me")["fields"].get("picture")

    session.save_picture(red)
    await session.settled()
    first = published()
    session.save_picture(blue)
    await session.settled()
    second = published()
    session.undo()
    await session.settled()
    assert published() == first
    session.redo()
    await session.settled()
    assert published() == second
    session.undo()
    session.undo()
    shown = session.me()
    assert shown is not None
    assert shown.fields.picture is None
    await session.settled()
    assert published() is None
