"""The calls about myself: my profile, my picture, my rules and what they mean."""

import msgspec
from msgspec import UNSET, Struct, UnsetType
from starlette.responses import Response

from app.domain import Address, Field, Picture, Privacy
from app.service import directory, myself
from app.service.feed import Touched
from app.service.pictures import UPLOAD_BYTES, remake
from app.service.problems import ProblemError
from app.service.routes import Call, Route, answer, json_answer, nothing, parse_address
from app.service.store import Tx
from app.wire import FieldAudience, Impact, Me, PatchMe, Preview, PutPrivacy, Suppose


class PreviewQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose view: one address, or a kind of viewer."""

    viewer: str | None = None
    as_: str | None = msgspec.field(default=None, name="as")


class AudienceQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Which field."""

    field: Field


async def get_me(call: Call) -> Response:
    """Return my account."""
    return json_answer(await call.node.store.read(lambda tx: _me(tx, call)))


async def patch_me(call: Call) -> Response:
    """Publish fields, and switch automatic sync."""
    body: PatchMe = call.body
    await call.node.change_in_parts(lambda tx: myself.patch_me(tx, call.me(tx), body))
    return await get_me(call)


async def put_picture(call: Call) -> Response:
    """Publish a picture, which is decoded and made anew."""
    picture = await remake(call.body)
    await call.node.change_in_parts(lambda tx: myself.put_picture(tx, call.me(tx), picture))
    return answer(Picture(picture.hash, picture.type, picture.width, picture.height))


async def delete_picture(call: Call) -> Response:
    """Take my picture away."""
    await call.node.change_in_parts(lambda tx: myself.put_picture(tx, call.me(tx), None))
    return nothing()


async def get_privacy(call: Call) -> Response:
    """Return my general rules."""
    return answer(await call.node.store.read(lambda tx: call.me(tx).privacy))


async def put_privacy(call: Call) -> Response:
    """Set my general rules."""
    body: PutPrivacy = call.body
    return answer(await call.node.change(lambda tx: myself.put_privacy(tx, call.me(tx), body)))


async def get_preview(call: Call) -> Response:
    """Return the view that a viewer gets of me, with the reasons."""
    query: PreviewQuery = call.query
    if (query.viewer is None) == (query.as_ is None):
        raise ProblemError(
            "invalid", "Give `viewer`, an address, or `as`, a kind of viewer; one of them."
        )

    def work(tx: Tx) -> Preview:
        me = call.me(tx)
        if query.viewer is not None:
            return myself.preview_viewer(tx, call.node.directory, me, parse_address(query.viewer))
        return myself.preview_class(me, query.as_ or "")

    return answer(await call.node.store.read(work))


async def get_audience(call: Call) -> Response:
    """Return who sees one of my fields, of the peers I keep."""
    query: AudienceQuery = call.query
    return answer(
        await call.node.store.read(
            lambda tx: myself.audience(tx, call.node.texts, call.me(tx), query.field)
        )
    )


async def post_impact(call: Call) -> Response:
    """Return who would gain and lose which field; changes nothing."""
    body: Suppose = call.body

    def work(tx: Tx) -> Impact:
        me = call.me(tx)
        privacy = me.privacy
        if body.privacy is not UNSET:
            privacy = myself.changed_privacy(privacy, body.privacy)
        parts = [] if isinstance(body.relations, UnsetType) else body.relations
        supposed = [(_other(call, tx, part.address), part) for part in parts]
        return myself.impact(tx, call.node.directory, me, privacy, supposed)

    return answer(await call.node.store.read(work))


async def delete_contacts(call: Call) -> Response:
    """Withdraw everything I ever uploaded."""
    now = call.node.now()

    def work(tx: Tx) -> tuple[None, Touched]:
        touched = Touched()
        directory.withdraw(tx, call.me(tx), now, touched)
        return None, touched

    await call.node.change(work)
    return nothing()


def _other(call: Call, tx: Tx, text: str) -> Address:
    address = parse_address(text)
    if call.node.directory.key(address) == call.me(tx).key:
        raise ProblemError("invalid-address", "This is your own address.")
    return address


def _me(tx: Tx, call: Call) -> bytes:
    return myself.me_json(tx, call.node.texts, call.me(tx).id)


ROUTES = (
    Route("GET", "/v1/me", get_me, "My account", answer=Me),
    Route(
        "PATCH",
        "/v1/me",
        patch_me,
        "Publish fields",
        body=PatchMe,
        answer=Me,
        problems=("profile-too-large",),
    ),
    Route(
        "PUT",
        "/v1/me/picture",
        put_picture,
        "Publish a picture",
        body=bytes,
        answer=Picture,
        problems=("picture", "unsupported-media-type"),
        body_bytes=UPLOAD_BYTES,
    ),
    Route("DELETE", "/v1/me/picture", delete_picture, "Take my picture away", status=204),
    Route("GET", "/v1/me/privacy", get_privacy, "My general rules", answer=Privacy),
    Route(
        "PUT",
        "/v1/me/privacy",
        put_privacy,
        "Set my general rules",
        body=PutPrivacy,
        answer=Privacy,
    ),
    Route(
        "GET",
        "/v1/me/preview",
        get_preview,
        "The view a viewer gets of me, and why",
        query=PreviewQuery,
        answer=Preview,
        problems=("invalid-address",),
    ),
    Route(
        "GET",
        "/v1/me/audience",
        get_audience,
        "Who sees one of my fields",
        query=AudienceQuery,
        answer=FieldAudience,
    ),
    Route(
        "POST",
        "/v1/me/impact",
        post_impact,
        "Who would gain and lose which field",
        body=Suppose,
        answer=Impact,
        problems=("invalid-address", "operator-only"),
    ),
    Route("DELETE", "/v1/me/contacts", delete_contacts, "Withdraw everything", status=204),
)
