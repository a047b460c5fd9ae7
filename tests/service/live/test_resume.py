"""A stream may be cut anywhere: whoever comes back with the last id they have ends up the same."""

from uuid import uuid4

from tests.contract.outside import Person, Service
from tests.service.live.conftest import fresh
from tests.service.live.wires import Event, Replica, Stream, parse_events


async def recorded(service: Service) -> tuple[Person, str, bytes]:
    """A viewer, the cursor they start from, and a stream on which every kind of thing happened."""
    viewer, ann, bob = service.people(fresh(), fresh(), fresh(), name="N", status="S")
    later = fresh()
    viewer.sync(ann.address, bob.address, later)
    for person in (ann, bob):
        person.sync(viewer.address)
    cursor = viewer.get("/v1/contacts")["cursor"]
    stream = Stream(service.url).open(viewer.token, cursor)
    await stream.until("ready")
    ann.publish(status="One", about="Über alles ☕")
    await stream.until_data(b"One")
    viewer.sync(*(fresh() for _ in range(5)), contact=False)
    bob.publish(name="Bob")
    ann.send(viewer.address, "Hello")
    service.people(later, name="Newcomer")
    viewer.publish(about="Me")
    bob.relate(viewer.address, blocked=["messages", "profile"])
    ann.publish(status=None)
    viewer.relate(ann.address, favorite=True)
    ann.publish(name="Last")
    await stream.until_data(b'"Last"')
    stream.close()
    return viewer, cursor, stream.text


def replayed(events: list[Event]) -> Replica:
    replica = Replica()
    for event in events:
        replica.apply(event)
    return replica


async def resumed(service: Service, viewer: Person, cursor: str) -> list[Event]:
    stream = Stream(service.url).open(viewer.token, cursor)
    events = await stream.until("ready")
    stream.close()
    assert events[0].kind != "reset"
    return events


async def test_a_stream_cut_at_any_byte_ends_in_the_same_state(service: Service) -> None:
    viewer, start, text = await recorded(service)
    final = replayed([*parse_events(text), *await resumed(service, viewer, start)]).state()
    known: dict[int, Replica] = {}
    for cut in range(len(text) + 1):
        heard = list(parse_events(text[:cut]))
        if len(heard) in known:
            continue
        replica = known[len(heard)] = replayed(heard)
        for event in await resumed(service, viewer, replica.cursor or start):
            replica.apply(event)
        assert replica.state() == final, f"cut after {len(heard)} events"
    assert len(known) == len(list(parse_events(text))) + 1 > 12


async def test_a_fresh_reader_of_the_list_holds_what_the_stream_made(service: Service) -> None:
    viewer, start, text = await recorded(service)
    replica = replayed([*parse_events(text), *await resumed(service, viewer, start)])
    listed = viewer.get("/v1/contacts")["relations"]
    for relation in listed:
        profile = relation.pop("profile")
        assert (
            replica.profiles.get(profile["address"], {"fields": {}})["fields"] == profile["fields"]
        )
        held = {
            key: value
            for key, value in replica.relations.get(relation["address"], {}).items()
            if key not in {"joined", "left"}
        }
        if held:
            assert held == relation


async def test_what_happened_while_away_comes_once_for_each_subject(service: Service) -> None:
    viewer, ann = service.people(fresh(), fresh(), name="N")
    viewer.sync(ann.address)
    ann.sync(viewer.address)
    cursor = viewer.get("/v1/contacts")["cursor"]
    for number in range(30):
        ann.publish(status=f"Number {number}")
    events = await resumed(service, viewer, cursor)
    assert [event.kind for event in events] == ["profile", "ready"]
    assert events[0].data["fields"]["status"] == "Number 29"


async def test_a_message_that_no_stream_received_sets_nobody_back(service: Service) -> None:
    viewer, ann = service.people(fresh(), fresh(), name="N")
    viewer.sync(ann.address)
    ann.sync(viewer.address)
    ident = str(uuid4())
    ann.send(viewer.address, "Before", ident)
    ann.publish(status="After")
    cursor = viewer.get("/v1/contacts")["cursor"]
    events = await resumed(service, viewer, cursor)
    assert [(event.kind, event.id is None) for event in events] == [
        ("message", True),
        ("ready", False),
    ]
    again = await resumed(service, viewer, events[-1].id or "")
    assert [event.kind for event in again] == ["ready"]
