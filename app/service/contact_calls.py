"""The calls about others: bulk sync, the list, one relation, one profile, messages."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct
from starlette.responses import Response

from app.addresses import canonical_many
from app.domain import Address, Field, Profile, Visibility
from app.errors import InvalidAddress
from app.service import directory, listing, messages, relations
from app.service.accounts import Owner
from app.service.cursors import NotHonoured, Page
from app.service.decide import BIT
from app.service.directory import Matches, Wish
from app.service.feed import Touched
from app.service.listing import Listing
from app.service.messages import Draft
from app.service.node import heads
from app.service.patching import check_visibility, patched
from app.service.problems import ProblemError
from app.service.routes import (
    NO_STORE,
    Call,
    Route,
    json_answer,
    nothing,
    parse_address,
)
from app.service.store import Tx
from app.wire import (
    SYNC_LIMIT,
    Accepted,
    ContactsPage,
    KeptRelation,
    PatchRelation,
    SendMessage,
    Sync,
    Synced,
)

PAGE_LIMIT: Final = 1000
PAGE_MOST: Final = 10_000


class ListQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """From where on, which page, and how many."""

    cursor: str | None = None
    page: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_MOST)] | None = None


# ---- bulk synchronisation


@dataclass(slots=True)
class Request:
    """A bulk synchronisation, sorted out: what was sent, and what is wished for each address."""

    forms: dict[str, int]
    """The key of each text, in the order in which they were sent."""
    wishes: dict[int, tuple[Address, Wish]]
    rejected: list[tuple[str, str]]


async def sync(call: Call) -> Response:
    """Match many addresses at once."""
    body: Sync = call.body
    if sum(len(entry.addresses) for entry in body.entries) > SYNC_LIMIT:
        raise ProblemError("too-many", f"At most {SYNC_LIMIT:,} addresses in one call.")
    request = _sort_out(call, body)
    now = call.node.now()
    call.hold()

    def work(tx: Tx) -> tuple[Matches, Touched, int]:
        me = call.me(tx)
        _check_wishes(request, me)
        _reject_myself(request, me)
        matches, touched = directory.sync(tx, call.node.directory, me, request.wishes, now)
        return matches, touched, heads(tx, [me.id])[me.id]

    matches, touched, head = await call.node.store.write(work)
    if touched.revoked:
        call.release()
        await call.node.announce(touched)
        call.hold()
        matches = await call.node.store.read(lambda tx: _look_again(tx, call, matches))
    else:
        await call.node.announce(touched)
    return json_answer(_synced(request, matches, call.node.cursor(call.account_id, head)))


def _sort_out(call: Call, body: Sync) -> Request:
    request = Request({}, {}, [])
    index = call.node.keys.index
    for entry in body.entries:
        visibility = None if entry.visibility is UNSET else entry.visibility
        wish = Wish(entry.contact, entry.subscribe, visibility)
        for text, found in zip(entry.addresses, canonical_many(entry.addresses), strict=True):
            if isinstance(found, InvalidAddress):
                if text not in request.forms:
                    request.forms[text] = -1
                    request.rejected.append((text, found.reason))
                continue
            key = index(found)
            request.forms[text] = key
            request.wishes[key] = (found, wish)
    return request


def _check_wishes(request: Request, me: Owner) -> None:
    for visibility in {wish.visibility for _, wish in request.wishes.values()}:
        if visibility is None:
            continue
        check_visibility(visibility, me.privacy)
        if visibility == Visibility.CUSTOM:
            raise ProblemError("invalid", "CUSTOM needs fields: set it with PATCH, one by one.")


def _reject_myself(request: Request, me: Owner) -> None:
    if request.wishes.pop(me.key, None) is not None:
        for text, key in request.forms.items():
            if key == me.key:
                request.rejected.append((text, "self"))


def _look_again(tx: Tx, call: Call, matches: Matches) -> Matches:
    """Read the views afresh, after something was taken away while the call was under way."""
    me = call.me(tx)
    records = directory.load_records(tx, me.id, matches.records)
    views = {key: directory.peer_view(tx, me, record) for key, record in records.items()}
    return Matches(records, views, matches.deferred, matches.retry_after)


def _synced(request: Request, matches: Matches, cursor: str) -> bytes:
    matched: list[bytes] = []
    pending: list[str] = []
    deferred: list[str] = []
    for text, key in request.forms.items():
        if key in matches.deferred:
            deferred.append(text)
        elif (record := matches.records.get(key)) is not None:
            if record.peer_id is None:
                pending.append(text)
                continue
            address = request.wishes[key][0]
            sent = b"" if text == address else msgspec.json.encode(text)
            matched.append(
                relations.relation_json(record, address, matches.views[key][0], sent=sent)
            )
    rest = {
        "pending": pending,
        "rejected": [{"address": text, "reason": reason} for text, reason in request.rejected],
        "deferred": deferred,
        "cursor": cursor,
    }
    if matches.retry_after is not None:
        rest["retry_after"] = matches.retry_after
    return b'{"matched":[%b],%b' % (b",".join(matched), msgspec.json.encode(rest)[1:])


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
        return page, read(tx, call.node.texts, page)

    page, found = await call.node.store.read(work)
    rest: dict[str, object] = {
        "removed": found.removed,
        "cursor": call.node.cursor(call.account_id, page.until),
    }
    if found.next is not None:
        rest["next"] = call.node.cursors.issue_page(found.next)
    return json_answer(
        b'{"relations":[%b],%b' % (b",".join(found.relations), msgspec.json.encode(rest)[1:])
    )


_WHOLE: Final = (1 << 63) - 1
"""Stands for "since ever" in a page: the whole list, without what was removed."""


def _page(tx: Tx, call: Call, query: ListQuery) -> Page:
    node = call.node
    if query.page is not None:
        try:
            return node.cursors.read_page(query.page, call.account_id)
        except NotHonoured:
            raise ProblemError("invalid", "This page is not one of yours.") from None
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
        after = kept._replace(**dict(zip(relations.PARTS, checked.parts, strict=True)))
        after = directory.save(tx, me, before, after, touched)
        if (before.blocked if before else 0) != after.blocked:
            directory.see_again(tx, me, after, touched)
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
            directory.remove(tx, me, record, now, touched)
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


async def get_profile(call: Call) -> Response:
    """Return the view I get of an address; changes no relation."""
    address = call.address()
    now = call.node.now()

    def work(tx: Tx) -> bytes:
        me = call.me(tx)
        if call.node.directory.key(address) == me.key:
            view, _, _ = me.view((1 << len(BIT)) - 1)
            return relations.profile_json(address, 0, view)
        version, view = directory.glance(tx, call.node.directory, me, address, now)
        return relations.profile_json(address, version, view)

    return json_answer(await call.node.store.write(work))


async def get_picture(call: Call) -> Response:
    """Return the bytes of a picture I may see."""
    address = call.address()
    now = call.node.now()

    def work(tx: Tx) -> tuple[str, str, bytes] | None:
        me = call.me(tx)
        key = call.node.directory.key(address)
        if key != me.key:
            directory.glance(tx, call.node.directory, me, address, now)
            record = directory.load_record(tx, me.id, key)
            if record is None or not record.shown & BIT[Field.PICTURE]:
                return None
        row = tx.one(
            "SELECT p.hash, p.type, p.bytes FROM account a JOIN picture p ON p.account_id = a.id"
            " WHERE a.address_key = ?",
            key,
        )
        return None if row is None else (row[0], row[1], row[2])

    found = await call.node.store.write(work)
    if found is None:
        raise ProblemError("no-picture", "There is no picture that you may see.")
    hashed, kind, data = found
    headers = {"etag": f'"{hashed}"', "cache-control": "private, no-cache"}
    if f'"{hashed}"' in call.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=kind)


# ---- messages


async def send_message(call: Call) -> Response:
    """Take a message."""
    body: SendMessage = call.body
    try:
        ident = str(UUID(body.id))
    except ValueError:
        raise ProblemError("invalid", "The id of a message is a UUID (RFC 9562).") from None
    draft = Draft(ident, parse_address(body.to), body.text)
    now = call.node.now()

    def work(tx: Tx) -> tuple[None, Touched]:
        me = call.me(tx)
        _check_other(call, me, draft.to)
        return None, messages.send(tx, call.node.directory, me, draft, now)

    await call.node.change(work)
    return Response(
        msgspec.json.encode(Accepted(body.id, "sent")), 202, NO_STORE, "application/json"
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
