"""Consequences as sentences, and what has to be asked first."""

from pathlib import Path

from app.account import Account
from app.domain import Address, Audience, ContactId, Field, State
from app.paths import Paths
from app.session import Session
from app.wire import Effect, Impact
from tests.ui.conftest import Run, until
from tests.ui.living import living
from ui import impact
from ui.impact import Someone
from ui.impact_import import ImportImpact
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Theme

ADA, BO, CYD = Address("12025550101"), Address("12025550102"), Address("12025550103")
PEOPLE = {
    address: Someone(name, ContactId(number))
    for number, (address, name) in enumerate([(ADA, "Ada"), (BO, "Bo"), (CYD, "Cyd")])
}


def said(answer: Impact) -> list[str]:
    return [one_line(impact.sentence(each)) for each in impact.consequences(answer, PEOPLE)]


def effects(*people: Address, fields: tuple[Field, ...] = (Field.PICTURE,)) -> list[Effect]:
    return [Effect(each, list(fields)) for each in people]


def test_one_or_two_people_are_named_and_more_are_counted() -> None:
    assert said(Impact(effects(ADA), [])) == ["Ada will see your picture."]
    assert said(Impact(effects(ADA, BO), [])) == ["Ada and Bo will see your picture."]
    assert said(Impact(effects(ADA, BO, CYD), [])) == ["3 people will see your picture."]


def test_those_who_gain_and_those_who_lose_are_told_apart() -> None:
    answer = Impact(effects(ADA), effects(BO, fields=(Field.STATUS, Field.EMAIL)))
    assert said(answer) == [
        "Ada will see your picture.",
        "Bo will no longer see your status and mail.",
    ]


def test_somebody_without_a_name_is_called_by_the_number() -> None:
    answer = Impact([Effect(Address("12025550177"), [Field.NAME])], [])
    assert said(answer) == ["+1 202 555 0177 will see your name."]


def test_nobody_changes_a_sentence_by_being_called_like_a_gap_in_it() -> None:
    answer = Impact(effects(ADA, BO), [])
    found = impact.consequences(answer, {**PEOPLE, ADA: Someone("%2", ContactId(9))})
    said = [one_line(impact.sentence(each)) for each in found]
    assert said == ["%2 and Bo will see your picture."]


def test_a_person_with_two_addresses_counts_once() -> None:
    ada = Someone("Ada", ContactId(1))
    found = impact.consequences(Impact(effects(ADA, BO), []), {ADA: ada, BO: ada})
    assert [each.people for each in found] == [(ada,)]


def test_people_of_one_name_count_each() -> None:
    addresses = [Address(f"1202555{number:04d}") for number in range(101)]
    anns = {each: Someone("Ann", ContactId(number)) for number, each in enumerate(addresses)}
    found = impact.consequences(Impact([], effects(*addresses)), anns)
    assert "101 people" in impact.sentence(found[0])
    assert "101 people" in impact.question(found, to_strangers=False)


def test_people_who_are_not_here_yet_come_last_and_are_not_counted() -> None:
    answer = Impact([Effect(ADA, [Field.NAME], State.PENDING), *effects(BO)], [])
    assert said(answer)[1] == "Ada, not here yet, will see your name on joining."
    assert impact.affected(impact.consequences(answer, PEOPLE)) == 1


def test_fields_that_are_not_filled_in_tell_nobody_anything() -> None:
    gains = effects(ADA, fields=(Field.STATUS, Field.EMAIL)) + effects(BO, fields=(Field.EMAIL,))
    answer = impact.of_fields(Impact(gains, effects(CYD)), {Field.STATUS})
    assert said(answer) == ["Ada will see your status."]


def test_only_what_no_undo_takes_back_is_asked() -> None:
    losing = impact.consequences(Impact([], effects(ADA, BO)), PEOPLE)
    gaining = impact.consequences(Impact(effects(ADA), []), PEOPLE)
    later = impact.consequences(Impact([Effect(ADA, [Field.NAME], State.PENDING)], []), PEOPLE)
    assert not impact.question(losing, to_strangers=False)
    assert not impact.question(later, to_strangers=False)
    assert not impact.question([], to_strangers=False)
    assert "1 person?" in impact.question(gaining, to_strangers=False)
    assert "strangers" in impact.question([], to_strangers=True)


def test_more_than_a_hundred_people_are_asked_about() -> None:
    many = [Effect(Address(f"1202555{number:04d}"), [Field.NAME]) for number in range(101)]
    found = impact.consequences(Impact([], many), {})
    assert "101 people" in impact.question(found, to_strangers=False)
    assert not impact.question(impact.consequences(Impact([], many[:100]), {}), to_strangers=False)


def test_without_the_service_only_opening_to_everyone_is_asked() -> None:
    assert impact.question(None, to_strangers=True)
    assert not impact.question(None, to_strangers=False)


def test_audiences_are_ordered_by_openness() -> None:
    assert impact.is_wider(Audience.NOBODY, Audience.FAVORITES)
    assert impact.is_wider(Audience.CONTACTS, Audience.EVERYONE)
    assert not impact.is_wider(Audience.EVERYONE, Audience.CONTACTS)
    assert not impact.is_wider(Audience.CONTACTS, Audience.CONTACTS)


# ---- before an import


def test_an_import_says_what_its_people_would_see(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            line = ImportImpact(here.session, here.tasks)
            line.show_people(3)
            await until(line.words.text)
            assert line.words.text() == (
                "Importing lets 3 people see your status, picture, about and presence, "
                "today or on joining: your contacts do."
            )
            line.show_people(1)
            assert line.words.text().startswith("Importing lets 1 person see")
            line.show_people(0)
            assert line.isHidden()
            line.deleteLater()

    run(story())


def test_an_import_with_the_service_away_says_that_it_cannot_be_told(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        account = Account("http://127.0.0.1:9", Address("12025550199"), "no token")
        async with Session(account, Paths(tmp_path)) as session:
            tasks = Tasks(lambda problem: None)
            line = ImportImpact(session, tasks)
            line.show_people(3)
            await until(line.words.text)
            assert "when the service answers" in line.words.text()
            line.deleteLater()
            await tasks.close()

    run(story())
