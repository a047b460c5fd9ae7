"""Bulk synchronisation goes by column: what it says of anybody is what a single reading says."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from app.service.known_views import LONGEST, MOST, KnownViews
from app.service.store import Tx
from tests.service.people import START, Json, Person, Service, fresh
from tests.service.tracing import traced

TEXT = 'Zo\u00eb "Z"\\\n\u2028 \U0001f600'


async def a_crowd(me: Person) -> list[str]:
    """Make people who differ in all that decides what `me` sees; return how to write them."""
    service = me.service
    everybody = await service.people(
        *(fresh() for _ in range(11)), name="N", status=TEXT, email="n@kith.test"
    )
    plain, open_one, hidden, friend, favorite, chosen, asset, blocker, online, away, shy = everybody
    (bare,) = await service.people(fresh())
    await open_one.privacy(audiences={"status": "everyone", "email": "everyone"})
    await hidden.privacy(audiences={"name": "nobody"})
    await friend.relate(me.address, contact=True)
    await favorite.privacy(audiences={"email": "favorites"})
    await favorite.relate(me.address, favorite=True)
    await chosen.relate(me.address, visibility=4, fields=["email", "status"])
    await asset.privacy(sets=[{"id": 16, "name": "S", "fields": ["status"]}])
    await asset.relate(me.address, visibility=16)
    await blocker.relate(me.address, blocked=["messages", "profile"])
    await shy.privacy(searchable="contacts")
    for person in (online, away):
        await person.relate(me.address, contact=True)
    idents = [await person.ident() for person in (online, away)]

    def come_and_go(tx: Tx) -> None:
        tx.run("UPDATE account SET online = 1 WHERE id = ?", idents[0])
        tx.run("UPDATE account SET last_seen = ? WHERE id = ?", START - 0.25, idents[1])

    await service.node.store.write(come_and_go)
    everybody.remove(plain)
    spelled = f"+{plain.address[:4]} {plain.address[4:]}"
    return [spelled, bare.address, *(person.address for person in everybody), fresh()]


async def test_bulk_says_of_everybody_what_a_single_reading_says(service: Service) -> None:
    (me,) = await service.people(fresh())
    book = await a_crowd(me)
    await agree(me, book)
    await agree(me, book)
    await me.relate(book[0], favorite=True)
    await me.relate(book[1], visibility=1)
    await me.relate(book[2], blocked=["profile"])
    await me.relate(book[3], blocked=["messages"])
    await me.drop(book[4])
    await agree(me, book)
    await agree(me, book, subscribe=False, visibility=8)
    await agree(me, book, contact=False)


async def agree(me: Person, book: list[str], **flags: Any) -> None:
    """Synchronise, and compare the text with what each address is said to be alone."""
    body = {"entries": [{"addresses": book, **flags}]}
    answer = await me.call("POST", "/v1/contacts/sync", json=body)
    synced = answer.json()
    listed = (await me.call("GET", "/v1/contacts")).text
    assert len(synced["matched"]) == 11
    assert len(synced["pending"]) == 2
    for relation in synced["matched"]:
        address = relation["profile"]["address"]
        alone = (await me.call("GET", f"/v1/contacts/{address}")).text
        assert alone.replace(address, relation["address"], 1) in answer.text
        assert alone in listed
    for address in synced["pending"]:
        assert (await me.get(f"/v1/contacts/{address}"))["state"] == "pending"


async def test_a_view_that_is_known_is_never_shown_as_it_was(service: Service) -> None:
    """Also to whom nothing is sent of what changed, and whose feed does not move."""
    me, other = await service.pair(name="N", status="Here", email="n@kith.test")
    deeds: list[Callable[[], Awaitable[object]]] = [
        lambda: other.publish(status="Gone"),
        lambda: other.privacy(audiences={"status": "everyone"}),
        lambda: other.privacy(audiences={"status": "nobody"}),
        lambda: other.relate(me.address, contact=True),
        lambda: other.relate(me.address, visibility=4, fields=["email"]),
        lambda: other.relate(me.address, blocked=["profile"]),
        lambda: other.relate(me.address, blocked=[], visibility=0),
        lambda: me.relate(other.address, blocked=["profile"]),
        lambda: me.relate(other.address, blocked=[]),
        lambda: other.publish(name="N", status="Here"),
        lambda: other.call("DELETE", f"/v1/contacts/{me.address}"),
    ]
    for subscribe in (True, False):
        views = []
        for deed in deeds:
            await me.sync(other.address, subscribe=subscribe)
            await deed()
            (listed,) = (await me.get("/v1/contacts"))["relations"]
            assert listed["profile"] == await me.get(f"/v1/profiles/{other.address}")
            (relation,) = (await me.sync(other.address, subscribe=subscribe))["matched"]
            assert relation["profile"] == await me.get(f"/v1/profiles/{other.address}")
            views.append(relation["profile"]["fields"])
        assert len({msgspec.json.encode(view) for view in views}) == 4


async def test_the_same_book_again_reads_no_account_but_mine(service: Service) -> None:
    (me,) = await service.people(fresh())
    book = await a_crowd(me)
    await me.sync(*book)
    with traced(service.node) as steps:
        await me.sync(*book)
    assert steps
    assert not [sql for sql, _ in steps if "JOIN account" in sql]


async def test_a_list_reads_no_account_whose_view_is_known(service: Service) -> None:
    (me,) = await service.people(fresh())
    await me.sync(*await a_crowd(me))
    listed = (await me.call("GET", "/v1/contacts")).json()["relations"]
    with traced(service.node) as steps:
        assert (await me.call("GET", "/v1/contacts")).json()["relations"] == listed
    assert not [sql for sql, _ in steps if "JOIN account a" in sql]
    service.node.directory.views.note({-number: "{}" for number in range(1, MOST + 1)})
    with traced(service.node) as steps:
        assert (await me.call("GET", "/v1/contacts")).json()["relations"] == listed
    assert [sql for sql, _ in steps if "JOIN account a" in sql]


async def test_views_that_were_forgotten_are_written_anew(service: Service) -> None:
    (me,) = await service.people(fresh())
    book = await a_crowd(me)
    first = (await me.sync(*book))["matched"]
    service.node.directory.views.note({-number: "{}" for number in range(1, MOST + 1)})
    with traced(service.node) as steps:
        assert (await me.sync(*book))["matched"] == first
    assert [sql for sql, _ in steps if "JOIN account" in sql]
    await agree(me, book)


def test_of_views_the_last_are_known_and_the_blank_one() -> None:
    known = KnownViews()
    known.note({digest: str(digest) for digest in range(1, MOST + 10)})
    known.note({MOST + 10: "x" * (LONGEST + 1), MOST + 11: "x" * LONGEST})
    assert known.texts([0, 1, 11, 12, MOST + 9, MOST + 10, MOST + 11]) == [
        *("{}", None, None, "12", str(MOST + 9), None, "x" * LONGEST)
    ]


async def test_a_part_of_a_book_is_answered_alike(service: Service) -> None:
    (me,) = await service.people(fresh())
    book = await a_crowd(me)
    whole = {each["address"]: each for each in (await me.sync(*book))["matched"]}
    await me.sync(*(fresh() for _ in range(20)))
    for address in book:
        part = await me.sync(address)
        assert part["matched"] == ([whole[address]] if address in whole else [])
        assert part["pending"] == ([] if address in whole else [address])


async def test_of_wishes_in_one_call_each_address_gets_its_own(service: Service) -> None:
    (me,) = await service.people(fresh())
    one, two, three, four = [
        person.address for person in await service.people(*(fresh() for _ in range(4)), name="N")
    ]
    entries = [
        {"addresses": [one, two, fresh()], "visibility": 1},
        {"addresses": [two, three], "contact": False},
        {"addresses": [four, fresh()], "subscribe": False},
    ]
    found: dict[str, Json] = {}
    for _ in range(2):
        answer = await me.call("POST", "/v1/contacts/sync", json={"entries": entries})
        found = {relation["address"]: relation for relation in answer.json()["matched"]}
        parts = ("contact", "subscribed", "visibility")
        assert {address: [found[address][part] for part in parts] for address in found} == {
            one: [True, True, 1],
            two: [False, True, 0],
            three: [False, True, 0],
            four: [True, False, 0],
        }
        assert len(answer.json()["pending"]) == 2
    assert (await me.whole_list())[0].keys() >= found.keys()


async def test_an_address_written_twice_is_answered_twice(service: Service) -> None:
    me, other = await service.pair(name="N")
    long = "a.handle.longer.than.a.block"
    written = [other.address, f"+{other.address}", long, long.upper()]
    for _ in range(2):
        answer = await me.sync(*written)
        assert sorted(relation["address"] for relation in answer["matched"]) == sorted(written[:2])
        assert sorted(answer["pending"]) == sorted(written[2:])
    kept, _ = await me.whole_list()
    assert kept.keys() == {other.address, long}


async def test_accounts_lie_in_the_order_in_which_a_book_is_looked_up(service: Service) -> None:
    await service.people(*(fresh() for _ in range(50)))
    rows = await service.node.store.read(lambda tx: tx.all("SELECT id, address_key FROM account"))
    assert len({ident for ident, _ in rows}) == 50
    assert all(ident >> 38 == key >> 39 for ident, key in rows)
    assert len({ident & (1 << 38) - 1 for ident, _ in rows}) == 50


async def test_nothing_is_synchronised_to_nothing(service: Service) -> None:
    (me,) = await service.people(fresh())
    for _ in range(2):
        answer = await me.sync("no address!")
        assert (answer["matched"], answer["pending"]) == ([], [])
    for _ in range(2):
        nothing = await me.call("POST", "/v1/contacts/sync", json={"entries": []})
        assert nothing.json()["pending"] == []
        await me.sync(fresh())
