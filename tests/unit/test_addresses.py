"""What people write as an address, and what comes of it."""

import re
from contextlib import suppress

import msgspec
import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.addresses import (
    canonical,
    canonical_many,
    default_region,
    display,
    is_phone,
    parse_address,
    parse_phone,
)
from app.domain import Address
from app.errors import InvalidAddress, Trouble
from app.wire import WrittenAddress

WRITTEN = msgspec.json.schema(WrittenAddress)["pattern"]


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+1 800 555 0001", "GB", "18005550001"),
        ("+44 (0)20 7946 0958", "US", "442079460958"),
        ("(+44) 20-7946-0958", "US", "442079460958"),
        ("0044 20 7946 0958", "US", "442079460958"),
        ("00 44 20 7946 0958", "GB", "442079460958"),
        ("020 7946 0958", "GB", "442079460958"),
        ("011 44 20 7946 0958", "US", "442079460958"),
        ("8 (495) 123-45-67", "RU", "74951234567"),
        ("(415) 555-2671", "US", "14155552671"),
        ("1 415 555 2671", "US", "14155552671"),
        ("442079460958", "US", "442079460958"),
        ("+39 (0)6 1234 5678", "US", "390612345678"),
        ("+49 (0)30/1234-56", "US", "4930123456"),
        ("+52 1 55 1234 5678", "US", "525512345678"),
        ("1-800-FLOWERS", "US", "18003569377"),
        ("+1 (800) flowers", "GB", "18003569377"),
        ("+1 800 555 0001 ext. 12", "GB", "18005550001"),
        ("+1 800 555 0001x12", "GB", "18005550001"),
        ("+1 800 555 0001 #12", "GB", "18005550001"),
        ("+44 20 7946 0958,,12#", "US", "442079460958"),
        ("+44 20 7946 0958p12w3", "US", "442079460958"),
        ("030 1234567 Durchwahl 89", "DE", "49301234567"),
        ("tel:+1-201-555-0123;ext=5", "GB", "12015550123"),
        ("TEL:+1(201)5550123;phone-context=+1", "GB", "12015550123"),
        ("tel:7042;phone-context=+1-914-555", "US", "19145557042"),
        ("sms:+12015550123?body=hi", "GB", "12015550123"),
        ("Tel.: 020 7946 0958", "GB", "442079460958"),
        (
            "\u0660\u0662\u0660\u0667\u0669\u0664\u0666\u0660\u0669\u0665\u0668",
            "GB",
            "442079460958",
        ),
        ("+\u06f4\u06f4 20 7946 0958", "US", "442079460958"),
        ("\uff0b\uff14\uff14 20 7946 0958", "US", "442079460958"),
        ("\u202a+44\u00a020\u20117946\u20130958\u202c", "US", "442079460958"),
        ("\u200e+44\u200b2079460958\ufeff", "US", "442079460958"),
        ("+44.20.7946.0958", "US", "442079460958"),
        ("+44/20/7946/0958", "US", "442079460958"),
        ("*31#+442079460958", "US", "442079460958"),
        ("'+442079460958", "US", "442079460958"),
        ("08-465 004 17", "SE", "46846500417"),
        ("01 55 1234 5678", "MX", "525512345678"),
        ("044 55 1234 5678", "MX", "525512345678"),
    ],
)
def test_numbers_as_people_write_them(text: str, region: str, expected: str) -> None:
    assert parse_phone(text, region) == expected
    assert parse_address(text, region) == expected
    assert parse_phone(text, region.lower()) == expected


@pytest.mark.parametrize(
    ("text", "region", "detail"),
    [
        ("", "US", Trouble.EMPTY),
        ("  \u200b", "US", Trouble.EMPTY),
        ("n/a", "US", Trouble.LETTERS),
        ("home", "US", Trouble.LETTERS),
        ("4.47912E+11", "GB", Trouble.LETTERS),
        ("???", "US", Trouble.CHARACTERS),
        ("---", "US", Trouble.CHARACTERS),
        ("12", "US", Trouble.TOO_SHORT),
        ("555-0100", "US", Trouble.TOO_SHORT),
        ("+1 555", "GB", Trouble.TOO_SHORT),
        ("+44", "GB", Trouble.TOO_SHORT),
        ("911", "US", Trouble.SHORT_CODE),
        ("112", "DE", Trouble.SHORT_CODE),
        ("116117", "DE", Trouble.SHORT_CODE),
        ("*100#", "US", Trouble.SHORT_CODE),
        ("+1 800 555 00011122233", "GB", Trouble.TOO_LONG),
        ("+44 20 7946 0958 / +44 7911 123456", "GB", Trouble.TOO_LONG),
        ("0" * 300, "GB", Trouble.TOO_LONG),
        ("+999 123456", "GB", Trouble.NO_SUCH_NUMBER),
        ("08-465 004 17", "US", Trouble.NO_SUCH_NUMBER),
        ("1 (012) 555-0100", "CA", Trouble.NO_SUCH_NUMBER),
        ("020 7946 0958", "", Trouble.NO_COUNTRY),
        ("020 7946 0958", "XX", Trouble.NO_COUNTRY),
    ],
)
def test_what_cannot_be_reached_says_why(text: str, region: str, detail: Trouble) -> None:
    with pytest.raises(InvalidAddress) as caught:
        parse_phone(text, region)
    assert caught.value.detail == detail
    assert caught.value.reason in {"invalid", "too-long"}
    assert caught.value.text == text
    assert text == "" or text not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada", "ada"),
        ("ada.l@example.org", "ada.l@example.org"),
        ("2pac4ever", "2pac4ever"),
        ("kith:Ada", "ada"),
        ("\uff21da", "ada"),
    ],
)
def test_handles_are_taken_where_a_person_types(text: str, expected: str) -> None:
    assert parse_address(text, "US") == expected
    with pytest.raises(InvalidAddress):
        parse_phone(text, "US")


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_country_can_dial_its_own_numbers(region: str) -> None:
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    for kind in kinds:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert parse_phone(dialled, region) == whole[1:]


def test_one_number_written_three_ways_is_one_address() -> None:
    ways = ("020 7946 0958", "+44 (0)20 7946-0958", "0044 2079460958")
    assert len({parse_phone(way, "GB") for way in ways}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18005550001", "18005550001"),
        ("+18005550001", "18005550001"),
        ("+1 (800) 555-0001", "18005550001"),
        (" +1 800 555 0001 ", "18005550001"),
        ("Ada", "ada"),
        ("STRASSE", "strasse"),
        ("a" * 63, "a" * 63),
    ],
)
def test_the_canonical_form(text: str, expected: str) -> None:
    assert canonical(text) == expected
    assert canonical(canonical(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "invalid"),
        ("+", "invalid"),
        ("+12", "invalid"),
        ("+0123456789", "invalid"),
        ("+1234567890123456", "invalid"),
        (".ada", "invalid"),
        ("a b", "invalid"),
        ("a/b", "invalid"),
        ("ad\u00e4", "invalid"),
        ("a\nb", "invalid"),
        (" ada", "invalid"),
        ("7\t", "invalid"),
        ("a" * 64, "too-long"),
        ("\ufdfa" * 60, "too-long"),
    ],
)
def test_what_is_no_address(text: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as caught:
        canonical(text)
    assert caught.value.reason == reason


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"[0-9]{5,17}", fullmatch=True),
            st.from_regex(r"\+?[0-9 ]{5,17}", fullmatch=True),
            st.text(max_size=20),
        )
    )
)
def test_many_at_once_are_judged_as_one_by_one(texts: list[str]) -> None:
    for text, found in zip(texts, canonical_many(texts), strict=True):
        if isinstance(found, InvalidAddress):
            with pytest.raises(InvalidAddress) as caught:
                canonical(text)
            assert (found.reason, found.text) == (caught.value.reason, text)
        else:
            assert canonical(text) == found


@given(st.text(max_size=80), st.sampled_from(["US", "GB", "DE", "IT", "", "ZZ"]))
def test_any_text_is_an_address_or_invalid(text: str, region: str) -> None:
    for parse in (parse_phone, parse_address):
        with suppress(InvalidAddress):
            address = parse(text, region)
            assert canonical(address) == address


def by_the_library(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    possible = phonenumbers.is_possible_number_with_reason(number)
    digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    good = possible == phonenumbers.ValidationResult.IS_POSSIBLE and 7 <= len(digits) <= 15
    return digits if good else ""


def by_us(text: str, region: str) -> str:
    with suppress(InvalidAddress):
        return parse_phone(text, region)
    return ""


@given(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)), st.integers(0, 10**12))
@settings(max_examples=1000)
def test_the_quick_way_abroad_agrees_with_the_library(code: int, rest: int) -> None:
    text = f"+{code}{rest}"
    if not text.startswith("+521"):
        assert by_us(text, "US") == by_the_library(text, "US")


@given(
    st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)),
    st.text("0123456789", min_size=7, max_size=12),
)
@example("MN", "0080927469")
@example("PK", "117329653459")
@example("NZ", "00644447543")
@example("SX", "12012000000")  # from an island, with the code that it shares with New Jersey
@settings(max_examples=2000)
def test_the_quick_way_at_home_agrees_with_the_library(region: str, digits: str) -> None:
    expected, found = by_the_library(digits, region), by_us(digits, region)
    if expected and has_room(expected, region):
        assert found == expected
    elif expected and found:  # only its `+` was forgotten
        assert found == by_us("+" + digits.removeprefix("00"), region)
        assert digits.startswith("00") or is_in_use(digits)


def is_in_use(digits: str) -> bool:
    """Tell whether these digits are a number as they stand, with the code of its country."""
    return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits))


def has_room(whole: str, region: str) -> bool:
    """Tell whether the plan of the region, if the number is of there, can have it."""
    code = str(phonenumbers.country_code_for_region(region))
    if not whole.startswith(code):
        return True
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    assert metadata.general_desc is not None
    pattern = metadata.general_desc.national_number_pattern or ""
    return re.fullmatch(pattern, whole.removeprefix(code)) is not None


def test_display_groups_numbers_and_leaves_handles() -> None:
    assert display(Address("18005550001")) == "+1 800 555 0001"
    assert display(Address("ada")) == "ada"
    assert canonical(display(Address("4915112345678"))) == "4915112345678"
    assert is_phone(Address("18005550001"))
    assert not is_phone(Address("ada"))


def test_the_region_comes_from_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    assert default_region() == "AT"
    for name in ("LC_ALL", "LC_TELEPHONE", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "sr_RS@latin")
    assert default_region() == "RS"


ASCII = st.text(" \t+()./-_@#!09afAZ", max_size=20) | st.from_regex(WRITTEN, fullmatch=True)


@given(text=ASCII.filter(str.isascii))
def test_the_description_of_an_address_says_what_is_taken(text: str) -> None:
    taken = True
    try:
        canonical(text)
    except InvalidAddress:
        taken = False
    assert (re.search(WRITTEN, text, re.ASCII) is not None) == taken


@pytest.mark.parametrize(
    "text", ["\u00b2", "Stra\u00dfe", "\uff0b1 800 555 0001", "+1\u00a08005550001"]
)
def test_letters_that_fold_to_an_address_are_described(text: str) -> None:
    assert canonical(text)
    assert re.search(WRITTEN, text)
