"""Two sessions of mine change the same of my account: nothing is lost, and I choose what holds."""

from pathlib import Path

from PySide6.QtWidgets import QPushButton

from app.domain import Audience, Field, Privacy
from app.session import Session
from tests.ui.by_hand import click, find, texts
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, ME, Living, living
from tests.ui.my_page import mine, open_page
from tests.ui.test_consequences import window_of
from tests.ui.test_notices_page import strip_of
from ui.overtaken import OvertakenCards
from ui.profile_page import ProfilePage
from ui.theme import Theme

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
    "9c6360f8cfc0f01f0005000201a3bcb4550000000049454e44ae426082"
)


async def overtake(here: Living, field: Field, mine: str | None, theirs: str | None) -> None:
    """Change a field here, where it waits, and then in another session; let mine go on its way."""
    here.session.pause(True)
    here.session.save_me({field: mine})
    await here.act(ME, "PATCH", "/v1/me", {"fields": {field.value: theirs}})
    here.session.pause(False)
    await until(here.session.mine.overtaken)


async def published(here: Living, field: Field) -> str | None:
    """What the service has, once everything of mine has arrived there."""
    await here.session.settled()
    answer = await here.act(ME, "GET", "/v1/me", None)
    value: str | None = answer.json()["fields"].get(field.value)
    return value


async def cards_of(page: ProfilePage) -> OvertakenCards:
    await until(page.overtaken.isVisible)
    return page.overtaken


def test_what_waited_does_not_overwrite_another_session_and_theirs_can_hold(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            await overtake(here, Field.NAME, "Robin A.", "Robin Ashby")
            assert await published(here, Field.NAME) == "Robin Ashby"
            page = await open_page(here)
            cards = await cards_of(page)
            assert "“Robin A.”" in texts(cards)
            assert "“Robin Ashby”" in texts(cards)
            assert cards.findChild(QPushButton, "overtaken_both") is None  # one has one name
            click(find(cards, QPushButton, "overtaken_theirs"))
            await until(lambda: not cards.isVisible())
            assert mine(here).fields.name == "Robin Ashby"
            here.session.undo()
            assert await published(here, Field.NAME) == "Robin A."
            page.close_page()

    run(story())


def test_mine_holds_where_i_choose_it_and_undo_brings_theirs_back(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            await overtake(here, Field.STATUS, None, "On the train")
            page = await open_page(here)
            cards = await cards_of(page)
            assert "Nothing" in texts(cards)
            click(find(cards, QPushButton, "overtaken_mine"))
            assert await published(here, Field.STATUS) is None
            await until(lambda: not cards.isVisible())
            here.session.undo()
            assert await published(here, Field.STATUS) == "On the train"
            page.close_page()

    run(story())


def test_a_status_can_say_both(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            await overtake(here, Field.STATUS, "Back on Monday", "On the train")
            page = await open_page(here)
            cards = await cards_of(page)
            click(find(cards, QPushButton, "overtaken_both"))
            assert await published(here, Field.STATUS) == "On the train · Back on Monday"
            page.close_page()

    run(story())


def test_it_is_announced_and_leads_to_the_choice(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = await window_of(here, dress, tmp_path)
            strip = await strip_of(window)
            await overtake(here, Field.STATUS, "Here", "There")
            await until(strip.isVisible)
            assert "Another session of yours changed your status" in texts(strip)
            assert not strip.keep.isVisible()  # it is chosen on the page, and not nodded at
            click(strip.show_them)
            assert window.stage.place == "profile"
            await until(lambda: len(window.stage.findChildren(OvertakenCards)) == 1)
            (cards,) = window.stage.findChildren(OvertakenCards)
            click(find(cards, QPushButton, "overtaken_mine"))
            assert [each.settled for each in here.session.notices.read()] == ["kept"]
            await window.close_window()
            window.deleteLater()

    run(story())


async def rules_of(here: Living) -> dict[str, object]:
    """The audiences that the service has."""
    await here.session.settled()
    audiences: dict[str, object] = (await here.act(ME, "GET", "/v1/me/privacy", None)).json()[
        "audiences"
    ]
    return audiences


async def change_rules_twice(
    here: Living, mine_: dict[Field, Audience], theirs: dict[Field, Audience]
) -> dict[str, object]:
    """Change rules here, where they wait, and in another session; what the service has then."""
    rules = mine(here).privacy
    here.session.pause(True)
    here.session.save_privacy(Privacy(rules.audiences | mine_, rules.searchable, rules.sets))
    body = Privacy(rules.audiences | theirs, rules.searchable, rules.sets)
    audiences = {field.value: audience.value for field, audience in body.audiences.items()}
    searchable = body.searchable.value
    wanted = {"audiences": audiences, "searchable": searchable, "sets": []}
    await here.act(ME, "PUT", "/v1/me/privacy", wanted)
    here.session.pause(False)
    return await rules_of(here)


def test_rules_changed_in_two_sessions_are_put_together_and_the_stricter_holds(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            nobody, everyone, favorites = Audience.NOBODY, Audience.EVERYONE, Audience.FAVORITES
            rules = await change_rules_twice(
                here, {Field.STATUS: everyone}, {Field.ABOUT: favorites}
            )
            assert (rules["status"], rules["about"]) == ("everyone", "favorites")
            assert here.session.notices.read() == []  # they are not about the same
            rules = await change_rules_twice(
                here, {Field.PICTURE: nobody}, {Field.PICTURE: everyone, Field.EMAIL: favorites}
            )
            assert (rules["picture"], rules["email"]) == ("nobody", "favorites")
            (told,) = here.session.notices.read()
            assert told.about == "privacy"
            here.session.undo()  # of my change; theirs of something else stays
            await here.session.settled()
            rules = await rules_of(here)
            assert (rules["picture"], rules["email"]) == ("contacts", "favorites")

    run(story())


async def picture_hash(here: Living) -> str | None:
    await here.session.settled()
    fields = (await here.act(ME, "GET", "/v1/me", None)).json()["fields"]
    return fields["picture"]["hash"] if "picture" in fields else None


def test_a_picture_waits_for_the_choice_as_well(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            here.session.save_picture(PIXEL)
            first = await picture_hash(here)
            assert first is not None
            await until(lambda: _hash(here.session) == first)
            here.session.pause(True)
            here.session.save_picture(PIXEL + b"\0")
            await here.act(ME, "DELETE", "/v1/me/picture", None)
            here.session.pause(False)
            await until(here.session.mine.overtaken)
            assert await picture_hash(here) is None
            page = await open_page(here)
            cards = await cards_of(page)
            click(find(cards, QPushButton, "overtaken_mine"))
            assert await picture_hash(here) == first  # the same pixels
            assert here.errors == []
            page.close_page()

    run(story())


def _hash(session: Session) -> str | None:
    me = session.me()
    return me.fields.picture.hash if me is not None and me.fields.picture is not None else None


def test_others_see_what_the_service_has_while_i_have_not_chosen(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            await overtake(here, Field.STATUS, "Here", "There")
            answer = await here.act(ADA, "GET", f"/v1/profiles/{ME}", None)
            assert answer.json()["fields"]["status"] == "There"
            assert mine(here).fields.status == "There"
            assert here.session.state.waiting == 0  # it waits for me, and not for the service

    run(story())
