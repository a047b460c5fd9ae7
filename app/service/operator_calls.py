"""The operator's calls: accounts, tokens, reach and pairs."""

from msgspec import Struct
from starlette.responses import Response

from app.domain import Address, Fields
from app.service import directory
from app.service.accounts import Owner, find_owner
from app.service.directory import NewAccount
from app.service.feed import Touched
from app.service.myself import dump_fields
from app.service.problems import ProblemError
from app.service.routes import Call, Route, answer, nothing, parse_address
from app.service.store import Tx
from app.wire import (
    SYNC_LIMIT,
    MadeUser,
    MadeUsers,
    NewUser,
    NewUsers,
    Pair,
    Pairs,
    PatchUser,
    Token,
)


class PairsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose pairs."""

    address: str


async def create_users(call: Call) -> Response:
    """Make accounts, all or none."""
    body: NewUsers = call.body
    if len(body.users) > SYNC_LIMIT:
        raise ProblemError("too-many", f"At most {SYNC_LIMIT:,} accounts in one call.")
    accounts = [_new_account(user) for user in body.users]
    now = call.node.now()
    tokens = await call.node.change(
        lambda tx: directory.create_accounts(tx, call.node.directory, accounts, now)
    )
    made = [
        MadeUser(account.address, token) for account, token in zip(accounts, tokens, strict=True)
    ]
    return answer(MadeUsers(made), 201)


async def create_token(call: Call) -> Response:
    """Give an account one more token."""
    address = call.address()
    token = directory.new_token()

    def work(tx: Tx) -> None:
        owner = _account(tx, call, address)
        tx.run(
            "INSERT INTO token (hash, account_id) VALUES (?, ?)",
            directory.token_hash(token),
            owner.id,
        )

    await call.node.store.write(work)
    return answer(Token(token), 201)


async def patch_user(call: Call) -> Response:
    """Set whom an account can exchange messages with."""
    address = call.address()
    body: PatchUser = call.body

    def work(tx: Tx) -> None:
        owner = _account(tx, call, address)
        tx.run("UPDATE account SET reach = ? WHERE id = ?", body.reach.value, owner.id)

    await call.node.store.write(work)
    return answer(body)


async def delete_user(call: Call) -> Response:
    """Erase an account."""
    address = call.address()

    def work(tx: Tx) -> tuple[None, Touched]:
        return None, directory.delete_account(tx, _account(tx, call, address))

    await call.node.change(work)
    return nothing()


async def put_pair(call: Call) -> Response:
    """Pair two accounts."""
    return await _pair(call, paired=True)


async def delete_pair(call: Call) -> Response:
    """End a pairing."""
    return await _pair(call, paired=False)


async def get_pairs(call: Call) -> Response:
    """List the pairs of an account."""
    query: PairsQuery = call.query
    address = parse_address(query.address)

    def work(tx: Tx) -> list[Address]:
        owner = _account(tx, call, address)
        rows = tx.all("SELECT sealed FROM relation WHERE owner_id = ? AND paired = 1", owner.id)
        return sorted(call.node.texts.read([sealed for (sealed,) in rows]))

    paired = await call.node.store.read(work)
    return answer(Pairs([Pair(address, other) for other in paired]))


async def _pair(call: Call, *, paired: bool) -> Response:
    one, other = call.address("a"), call.address("b")
    if one == other:
        raise ProblemError("invalid", "An account cannot be paired with itself.")

    def work(tx: Tx) -> tuple[None, Touched]:
        first, second = _account(tx, call, one), _account(tx, call, other)
        return None, directory.pair(tx, first, second, paired=paired)

    await call.node.change(work)
    return nothing()


def _account(tx: Tx, call: Call, address: Address) -> Owner:
    owner = find_owner(tx, call.node.directory.key(address))
    if owner is None:
        raise ProblemError("no-account", "There is no account with this address.")
    return owner


def _new_account(user: NewUser) -> NewAccount:
    fields = Fields(
        name=user.fields.name,
        status=user.fields.status,
        about=user.fields.about,
        email=user.fields.email,
        birthday=user.fields.birthday,
    )
    return NewAccount(parse_address(user.address), dump_fields(fields), user.reach)


ROUTES = (
    Route(
        "POST",
        "/v1/operator/users",
        create_users,
        "Create accounts",
        "operator",
        NewUsers,
        answer=MadeUsers,
        status=201,
        problems=("exists", "too-many", "invalid-address", "profile-too-large"),
        body_bytes=32 * 1024 * 1024,
    ),
    Route(
        "POST",
        "/v1/operator/users/{address}/tokens",
        create_token,
        "Create one more token",
        "operator",
        answer=Token,
        status=201,
        problems=("no-account", "invalid-address"),
    ),
    Route(
        "PATCH",
        "/v1/operator/users/{address}",
        patch_user,
        "Set an account's reach",
        "operator",
        PatchUser,
        answer=PatchUser,
        problems=("no-account", "invalid-address"),
    ),
    Route(
        "DELETE",
        "/v1/operator/users/{address}",
        delete_user,
        "Erase an account",
        "operator",
        status=204,
        problems=("no-account", "invalid-address"),
    ),
    Route(
        "PUT",
        "/v1/operator/pairs/{a}/{b}",
        put_pair,
        "Pair two accounts",
        "operator",
        status=204,
        problems=("no-account", "invalid-address"),
    ),
    Route(
        "DELETE",
        "/v1/operator/pairs/{a}/{b}",
        delete_pair,
        "End a pairing",
        "operator",
        status=204,
        problems=("no-account", "invalid-address"),
    ),
    Route(
        "GET",
        "/v1/operator/pairs",
        get_pairs,
        "List an account's pairs",
        "operator",
        query=PairsQuery,
        answer=Pairs,
        problems=("no-account", "invalid-address"),
    ),
)
