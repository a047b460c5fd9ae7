"""The calls about others: bulk sync, the list, one relation, one profile, messages."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct
from starlette.responses import Response

from app.domain import Address, Field, Profile
from app.service import bulk, directory, listing, messages, relations, wishes
from app.service.accounts import Owner
from app.service.bulk import Found
from app.service.cursors import NotHonoured, Page
from app.service.decide import BIT
from app.service.feed import Touched
from app.service.listing import Listing
from app.service.messages import Draft
from app.service.node import heads
from app.service.patching import patched
from app.service.problems import ProblemError
from app.service.relations import Record
from app.service.routes import (
    NO_STORE,
    Call,
    Route,
    json_answer,
    nothing,
    packed_answer,
    parse_address,
)
from app.service.store import Tx
from app.wire import (
    Accepted,
    ContactsPage,
    KeptRelation,
    PatchRelation,
    SendMessage,
    Sync,
    Synced,
)

T = TypeVar("T")

EVERYTHING: Final = (1 << len(BIT)) - 1
PAGE_LIMIT: Final = 1000
PAGE_MOST: Final = 10_000


class ListQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """From where on, which page, and how many."""

    cursor: str | None = None
    page: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_MOST)] | None = None


# ---- bulk synchronisation


async def sync(call: Call) -> Response:
    """Match many addresses at once."""
    body: Sync = call.body
    node = call.node
    request = await asyncio.to_thread(wishes.sort_out, node.keys, body.entries)
    now = node.now()
    call.hold()

    def work(tx: Tx) -> tuple[Found, Touched, int]:
        me = call.me(tx)
        wishes.check(request, me)
        found, touched = bulk.synchronise(tx, node.directory, me, request, now)
        node.note_revoked(tx, touched)
        return found, touched, heads(tx, [me.id])[me.id]

    found, touched, head = await node.store.write(work)
    if touched.revoked:
        call.release()
        await node.announce(touched)
        call.hold()
        found = await node.store.read(lambda tx: bulk.look_again(tx, call.me(tx), found))
    else:
        await node.announce(touched)
    return json_answer(bulk.answer(request, found, node.cursor(call.account_id, head)))


# ---- the list


async def get_contacts(call: Call) -> Response:
    """List my relations, whole or what changed, in pages."""
    query: ListQuery = call.query
    if query.page is not None and (query.cursor is not None or query.limit is not None):
        raise ProblemError("invalid", "Send `page` alone: it carries the rest.")

    def work(tx: Tx) -> tuple[Page, Listing]:
        call.me(tx)
        page = _page(tx, call, query)
        read = listing.whole if page.since == _WHOLE else listing.changed
        return page, read(tx, call.node.directory, page)

    page, found = await call.node.store.read(work)
    rest: dict[str, object] = {
        "removed": found.removed,
        "cursor": call.node.cursor(call.account_id, page.until),
    }
    if found.next is not None:
        rest["next"] = call.node.cursors.issue_page(found.next, call.node.now())
    relations_json = b",".join(found.relations)
    body = b'{"relations":[%b],%b' % (relations_json, msgspec.json.encode(rest)[1:])
    return packed_answer(call, body)


_WHOLE: Final = (1 << 63) - 1
"""Stands for "since ever" in a page: the whole list, without what was removed."""


def _page(tx: Tx, call: Call, query: ListQuery) -> Page:
    node = call.node
    if query.page is not None:
        try:
            return node.cursors.read_page(query.page, call.account_id, node.now())
        except NotHonoured:
            raise ProblemError("invalid", "This page is not one of yours, or too old.") from None
    since = _WHOLE
    if query.cursor is not None:
        try:
            since = node.position(tx, call.account_id, query.cursor)
        except NotHonoured:
            raise ProblemError(
                "reset", "This cursor is no longer good: read the list afresh, without it."
            ) from None
    until = heads(tx, [call.account_id])[call.account_id]
    return Page(call.account_id, since, 0, until, query.limit or PAGE_LIMIT)


# ---- one relation


async def get_contact(call: Call) -> Response:
    """Return one relation."""
    address = call.address()
    return json_answer(await call.node.store.read(lambda tx: _relation(tx, call, address)))


async def patch_contact(call: Call) -> Response:
    """Change one relation, or make it."""
    body: PatchRelation = call.body
    address = call.address()
    now = call.node.now()

    def work(tx: Tx) -> tuple[None, Touched]:
        me = call.me(tx)
        _check_other(call, me, address)
        touched = Touched()
        before = directory.load_record(tx, me.id, call.node.directory.key(address))
        checked = patched(before or relations.empty(me.id, 0), body, me.privacy)
        kept = directory.keep(tx, call.node.directory, me, address, now)
        after = kept.with_parts(checked.parts)
        directory.save(tx, me, before, after, touched)
        return None, touched

    await call.node.change(work)
    call.hold()
    return json_answer(await call.node.store.read(lambda tx: _relation(tx, call, address)))


async def delete_contact(call: Call) -> Response:
    """Let go of one relation."""
    address = call.address()
    now = call.node.now()

    def work(tx: Tx) -> tuple[None, Touched]:
        me = call.me(tx)
        touched = Touched()
        record = directory.load_record(tx, me.id, call.node.directory.key(address))
        if record is not None and record.kept:
            directory.remove(tx, me, [record], now, touched)
        return None, touched

    await call.node.change(work)
    return nothing()


def _relation(tx: Tx, call: Call, address: Address) -> bytes:
    me = call.me(tx)
    record = directory.load_record(tx, me.id, call.node.directory.key(address))
    if record is None or not record.kept:
        raise ProblemError("no-relation", "You keep nothing about this address.")
    return listing.relation_item(tx, call.node.texts, record)


def _check_other(call: Call, me: Owner, address: Address) -> None:
    if call.node.directory.key(address) == me.key:
        raise ProblemError("invalid-address", "This is your own address.")


# ---- one profile


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What I see of an address at one moment."""

    owner_id: int | None
    version: int
    shown: int
    view: bytes


async def get_profile(call: Call) -> Response:
    """Return the view I get of an address; changes no relation."""
    address = call.address()

    def read(_: Tx, glimpse: Glimpse) -> bytes:
        return relations.profile_json(address, glimpse.version, glimpse.view)

    return json_answer(await _glance(call, address, read))


async def get_picture(call: Call) -> Response:
    """Return the bytes of a picture I may see."""
    address = call.address()

    def read(tx: Tx, glimpse: Glimpse) -> tuple[Any, ...] | None:
        if not glimpse.shown & BIT[Field.PICTURE]:
            return None
        return tx.one(
            "SELECT hash, type, bytes FROM picture WHERE account_id = ?", glimpse.owner_id
        )

    found = await _glance(call, address, read)
    if found is None:
        raise ProblemError("no-picture", "There is no picture that you may see.")
    hashed, kind, data = found
    etag = f'"{hashed}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if _is_known(etag, call.request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=kind)


def _is_known(etag: str, header: str) -> bool:
    """Compare weakly with what the caller has, where a star is anything (RFC 9110, 13.1.2)."""
    known = {each.strip().removeprefix("W/") for each in header.split(",")}
    return etag in known or "*" in known


async def _glance(call: Call, address: Address, read: Callable[[Tx, Glimpse], T]) -> T:
    """Read something of a profile; writes only when I shall remember something new of it."""
    node, now = call.node, call.node.now()

    def known(tx: Tx) -> tuple[bool, T | None]:
        me = call.me(tx)
        if node.directory.key(address) == me.key:
            return True, read(tx, Glimpse(me.id, 0, EVERYTHING, me.view(EVERYTHING)[0]))
        before, after, view = directory.look(tx, node.directory, me, address)
        return (True, read(tx, _glimpse(after, view))) if before == after else (False, None)

    def new(tx: Tx) -> T:
        return read(tx, _glimpse(*directory.glance(tx, node.directory, call.me(tx), address, now)))

    is_known, answer = await node.store.read(known)
    return cast("T", answer) if is_known else await node.store.write(new)


def _glimpse(record: Record, view: bytes) -> Glimpse:
    return Glimpse(record.peer_id, record.version, record.shown, view)


# ---- messages


async def send_message(call: Call) -> Response:
    """Take a message."""
    body: SendMessage = call.body
    draft = Draft(str(body.id), parse_address(body.to), body.text)
    now = call.node.now()

    def work(tx: Tx) -> tuple[None, Touched]:
        me = call.me(tx)
        _check_other(call, me, draft.to)
        return None, messages.send(tx, call.node.directory, me, draft, now)

    await call.node.change(work)
    return Response(
        msgspec.json.encode(Accepted(str(body.id), "sent")), 202, NO_STORE, "application/json"
    )


ROUTES = (
    Route(
        "POST",
        "/v1/contacts/sync",
        sync,
        "Synchronise many addresses",
        body=Sync,
        answer=Synced,
        problems=("too-many",),
    ),
    Route(
        "GET",
        "/v1/contacts",
        get_contacts,
        "My relations, or what changed",
        query=ListQuery,
        answer=ContactsPage,
        problems=("reset",),
        is_packed=True,
    ),
    Route(
        "GET",
        "/v1/contacts/{address}",
        get_contact,
        "One relation",
        answer=KeptRelation,
        problems=("no-relation", "invalid-address"),
    ),
    Route(
        "PATCH",
        "/v1/contacts/{address}",
        patch_contact,
        "Change one relation",
        body=PatchRelation,
        answer=KeptRelation,
        problems=("over-budget", "operator-only", "invalid-address"),
    ),
    Route(
        "DELETE",
        "/v1/contacts/{address}",
        delete_contact,
        "Let go of one relation",
        status=204,
        problems=("invalid-address",),
    ),
    Route(
        "GET",
        "/v1/profiles/{address}",
        get_profile,
        "The view I get of an address",
        answer=Profile,
        problems=("over-budget", "invalid-address"),
    ),
    Route(
        "GET",
        "/v1/profiles/{address}/picture",
        get_picture,
        "A picture I may see",
        answer=bytes,
        problems=("over-budget", "no-picture", "invalid-address"),
    ),
    Route(
        "POST",
        "/v1/messages",
        send_message,
        "Send a message",
        body=SendMessage,
        answer=Accepted,
        status=202,
        problems=("you-block-them", "out-of-reach", "over-budget", "invalid-address"),
    ),
)
