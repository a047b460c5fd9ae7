"""My own account: what I publish, my general rules, and what they mean for others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from app.domain import FIRST_SET, PROFILE_BYTES, Address, Field, Fields, Picture, Privacy, State
from app.service import feed, relations
from app.service.accounts import Owner, dump_privacy, load_owner
from app.service.decide import CONTACT, FAVORITE, FIELDS, STRANGER, Standing, decide
from app.service.directory import Directory, load_record
from app.service.feed import Before, Touched
from app.service.patching import patched
from app.service.problems import ProblemError
from app.service.relations import Record, record_standing, standing
from app.service.store import Parts, Tx
from app.service.texts import Texts
from app.wire import (
    Because,
    Effect,
    FieldAudience,
    FieldPreview,
    Impact,
    Me,
    PatchFields,
    PatchMe,
    Preview,
    PutPrivacy,
    Seer,
    SupposedRelation,
)


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture as the service made it anew."""

    hash: str
    type: str
    width: int
    height: int
    data: bytes


def me_json(tx: Tx, texts: Texts, account_id: int) -> bytes:
    """Return my account as I read it."""
    owner = load_owner(tx, account_id)
    assert owner is not None
    row = tx.one("SELECT auto_sync FROM account WHERE id = ?", account_id)
    assert row is not None
    (address,) = texts.read([owner.sealed])
    return msgspec.json.encode(Me(address, owner.fields, owner.privacy, bool(row[0])))


def patch_me(tx: Tx, me: Owner, change: PatchMe) -> Parts[Touched]:
    """Publish fields, and switch automatic sync."""
    if change.fields is not UNSET:
        _save_fields(tx, me, _patched_fields(me.fields, change.fields))
        if change.fields.picture is None:
            tx.run("DELETE FROM picture WHERE account_id = ?", me.id)
    if change.auto_sync is not UNSET:
        tx.run("UPDATE account SET auto_sync = ? WHERE id = ?", int(change.auto_sync), me.id)
    return (yield from published(tx, me))


def published(tx: Tx, before: Owner) -> Parts[Touched]:
    """Let a change of an account reach its viewers and its own sessions."""
    owner = load_owner(tx, before.id)
    assert owner is not None
    touched = yield from feed.refresh_in_parts(tx, owner, Touched(), Before(before))
    note_me(tx, owner.id, touched)
    return touched


def finish(tx: Tx) -> None:
    """Do what a crash left to do of changes that lay in parts; nobody has read them yet."""
    for (owner_id,) in tx.all("SELECT owner_id FROM unfinished"):
        owner = load_owner(tx, owner_id)
        if owner is not None:
            feed.refresh(tx, owner, Touched())
            note_me(tx, owner_id, Touched())
    tx.run("DELETE FROM unfinished")


def note_me(tx: Tx, account_id: int, touched: Touched) -> None:
    """Let an account's own sessions hear that it changed."""
    seq = feed.advance(tx, [account_id])[account_id]
    tx.run("UPDATE account SET me_seq = ? WHERE id = ?", seq, account_id)
    touched.wake.add(account_id)


def put_picture(tx: Tx, me: Owner, picture: StoredPicture | None) -> Parts[Touched]:
    """Publish a picture, or take it away."""
    tx.run("DELETE FROM picture WHERE account_id = ?", me.id)
    about = None
    if picture is not None:
        about = Picture(picture.hash, picture.type, picture.width, picture.height)
        tx.run(
            "INSERT INTO picture (account_id, hash, type, bytes) VALUES (?, ?, ?, ?)",
            me.id,
            picture.hash,
            picture.type,
            picture.data,
        )
    _save_fields(tx, me, msgspec.structs.replace(me.fields, picture=about))
    return (yield from published(tx, me))


def put_privacy(tx: Tx, me: Owner, change: PutPrivacy) -> tuple[Privacy, Touched]:
    """Set my general rules; absent members stay."""
    touched = Touched()
    rules = changed_privacy(me.privacy, change)
    tx.run("UPDATE account SET privacy = ? WHERE id = ?", dump_privacy(rules), me.id)
    owner = load_owner(tx, me.id)
    assert owner is not None
    feed.refresh(tx, owner, touched, before=Before(me))
    note_me(tx, owner.id, touched)
    feed.discover(tx, owner, touched)
    return rules, touched


def changed_privacy(privacy: Privacy, change: PutPrivacy) -> Privacy:
    """Return rules with some members replaced; raises 422 for sets that cannot be."""
    if change.audiences is not UNSET:
        audiences = {field: {**privacy.audiences, **change.audiences}[field] for field in FIELDS}
        privacy = msgspec.structs.replace(privacy, audiences=audiences)
    if change.searchable is not UNSET:
        privacy = msgspec.structs.replace(privacy, searchable=change.searchable)
    if change.sets is not UNSET:
        idents = [each.id for each in change.sets]
        if len(set(idents)) < len(idents) or any(
            not FIRST_SET <= ident < 1 << 31 for ident in idents
        ):
            raise ProblemError("invalid", f"Every set needs an id of its own, {FIRST_SET} or more.")
        privacy = msgspec.structs.replace(privacy, sets=change.sets)
    return privacy


# ---- what my rules mean


def preview_viewer(tx: Tx, directory: Directory, me: Owner, address: Address) -> Preview:
    """Return the view that an address gets of me, or would get on joining."""
    record = load_record(tx, me.id, directory.key(address))
    viewer = record_standing(record, _blocks_me(tx, me, record))
    return _preview(me, viewer, address)


def preview_class(me: Owner, name: str) -> Preview:
    """Return the view that a kind of viewer gets of me."""
    classes = {"everyone": STRANGER, "contact": CONTACT, "favorite": FAVORITE}
    viewer = classes.get(name)
    if viewer is None:
        if not any(str(each.id) == name for each in me.privacy.sets):
            raise ProblemError(
                "invalid",
                "`as` is one of everyone, contact, favorite, or the id of a set of yours.",
            )
        viewer = Standing(contact=True, visibility=int(name))
    return _preview(me, viewer, name)


def audience(tx: Tx, texts: Texts, me: Owner, field: Field) -> FieldAudience:
    """Return who sees one of my fields, of the peers I keep."""
    visible: list[Seer] = []
    hidden: list[Seer] = []
    for address, record, viewer in _kept(tx, texts, me):
        decision = decide(me.privacy, viewer, field)
        state = State.PENDING if record.peer_id is None else State.MATCHED
        (visible if decision.visible else hidden).append(Seer(address, decision.rule, state))
    return FieldAudience(field, visible, hidden)


def impact(
    tx: Tx,
    directory: Directory,
    me: Owner,
    privacy: Privacy,
    supposed: Sequence[tuple[Address, SupposedRelation]],
) -> Impact:
    """Return who would gain and who would lose which field; nothing is changed."""
    now = {address: (record, viewer) for address, record, viewer in _kept(tx, directory.texts, me)}
    then = dict(now)
    for address, part in supposed:
        record, viewer = then.get(address) or (
            relations.empty(me.id, directory.key(address)),
            STRANGER,
        )
        after = patched(record, part, privacy)
        then[address] = after, record_standing(after, 2 if viewer.viewer_blocks else 0)
    gains: list[Effect] = []
    losses: list[Effect] = []
    for address, (record, viewer) in then.items():
        before = now[address][1] if address in now else STRANGER
        old = {field for field in FIELDS if decide(me.privacy, before, field).visible}
        new = {field for field in FIELDS if decide(privacy, viewer, field).visible}
        state = State.PENDING if record.peer_id is None else State.MATCHED
        for effects, fields in ((gains, new - old), (losses, old - new)):
            if fields:
                effects.append(Effect(address, [f for f in FIELDS if f in fields], state))
    return Impact(gains, losses)


def _preview(me: Owner, viewer: Standing, name: str) -> Preview:
    fields = {}
    for field in FIELDS:
        decision = decide(me.privacy, viewer, field)
        last = len(decision.consulted) - 1
        because = [Because(rule, place == last) for place, rule in enumerate(decision.consulted)]
        value = getattr(me.fields, field) if decision.visible else None
        fields[field] = FieldPreview(decision.visible, because, value)
    return Preview(name, fields)


def _blocks_me(tx: Tx, me: Owner, record: Record | None) -> int:
    """Return the peer's blocks of me, where I have matched them; of others I learn nothing."""
    if record is None or record.peer_id is None or not record.kept:
        return 0
    theirs = load_record(tx, record.peer_id, me.key)
    return 0 if theirs is None else theirs.blocked


def _kept(tx: Tx, texts: Texts, me: Owner) -> Iterable[tuple[Address, Record, Standing]]:
    width = len(relations.NAMES)
    rows: list[tuple[Any, ...]] = tx.all(
        f"SELECT {relations.COLUMNS}, theirs.blocked FROM relation r"
        " LEFT JOIN relation theirs ON theirs.owner_id = r.peer_id AND theirs.peer_key = ?"
        " WHERE r.owner_id = ? AND r.kept = 1 ORDER BY r.peer_key",
        me.key,
        me.id,
    )
    records = [Record(*row[:width]) for row in rows]
    addresses = texts.read([record.sealed for record in records])
    for record, address, row in zip(records, addresses, rows, strict=True):
        yield address, record, standing(record.stands, row[width] or 0)


# ---- fields


def dump_fields(fields: Fields) -> str:
    """Write fields for the database; raises 422 where they are too large together."""
    text = msgspec.json.encode(fields)
    if len(text) > PROFILE_BYTES:
        raise ProblemError(
            "profile-too-large", f"All fields together may have {PROFILE_BYTES // 1024} KiB."
        )
    return "" if text == b"{}" else text.decode()


def _patched_fields(fields: Fields, change: PatchFields) -> Fields:
    changes = {
        name: value
        for name in PatchFields.__struct_fields__
        if (value := getattr(change, name)) is not UNSET
    }
    return msgspec.structs.replace(fields, **changes)


def _save_fields(tx: Tx, me: Owner, fields: Fields) -> None:
    """Store what an account publishes; its presence is kept apart."""
    text = dump_fields(msgspec.structs.replace(fields, presence=None))
    tx.run("UPDATE account SET fields = ? WHERE id = ?", text, me.id)
