"""The world's numbering plans: digits as people dial them -> E.164 digits, or what is wrong.

Only `app.addresses` imports this, when it first meets a number that needs it: the plans cost 50 ms.
"""

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata, shortnumberinfo

from app.errors import Trouble

_SHORT = 6
"""No subscriber's number is shorter than this when it is dialled without a prefix."""

_SHORTEST, _LONGEST = 7, 15
_MEXICO_BEFORE_2019 = re.compile(r"(?:01|04[45])(?=[1-9][0-9]{9}\Z)")
"""What was dialled before a number of ten digits; books keep it."""


class _Plan(NamedTuple):
    """What decides, without phonenumbers' full parse, that digits stand as they are."""

    lengths: frozenset[int]
    special: re.Pattern[str]
    """What at the start of the national digits asks for the full parse."""
    dialled_special: re.Pattern[str]
    """The same where they were dialled in the country itself, which has prefixes to go abroad."""


def international(digits: str, region: str) -> str | Trouble:
    """E.164 digits of what was written after a `+`."""
    if digits.startswith("521") and len(digits) == len("5215512345678"):
        digits = "52" + digits[3:]  # Mexico dropped the 1 for mobiles in 2019; books keep it
    code = _country_code(digits)
    plan = _plan(code) if code else None
    if plan and _is_plain(plan, code, digits[len(code) :], plan.special):
        return digits
    return _parse("+" + digits, region)


def _is_plain(plan: _Plan, code: str, national: str, special: re.Pattern[str]) -> bool:
    """Tell whether the plan has nothing to take off these digits, and nothing against them."""
    fits = _SHORTEST <= len(code) + len(national) <= _LONGEST
    return fits and len(national) in plan.lengths and not special.match(national)


def national(digits: str, region: str) -> str | Trouble:
    """E.164 digits of what was written without a `+`, as dialled in that region."""
    known = region in phonenumbers.SUPPORTED_REGIONS
    if known and len(digits) <= _SHORT and _is_short_code(digits, region):
        return Trouble.SHORT_CODE
    found = _dialled(digits, region) if known else Trouble.NO_COUNTRY
    if not isinstance(found, Trouble):
        if _is_of_the_plan(found, region):
            return found
        found = Trouble.NO_SUCH_NUMBER
    if digits.startswith("00"):
        return international(digits[2:], region)
    return international(digits, region) if _is_whole(digits) else found


def _dialled(digits: str, region: str) -> str | Trouble:
    """Read digits as dialled in a country; at once where they are plain."""
    if region == "MX":
        digits = _MEXICO_BEFORE_2019.sub("", digits)
    code = _code_of_first(region)
    plan = _plan(code) if code else None
    if plan and _is_plain(plan, code, digits, plan.dialled_special):
        return code + digits
    return _parse(digits, region)


def _is_of_the_plan(digits: str, region: str) -> bool:
    """Tell whether the country's plan has room for a number: in the US, no area begins with 0."""
    code, plan = _room(region)
    return not digits.startswith(code) or plan.fullmatch(digits, len(code)) is not None


@cache
def _room(region: str) -> tuple[str, re.Pattern[str]]:
    metadata = PhoneMetadata.metadata_for_region(region)
    general = metadata.general_desc if metadata else None
    pattern = (general and general.national_number_pattern) or ".*"
    return str(phonenumbers.country_code_for_region(region)), re.compile(pattern)


@cache
def _code_of_first(region: str) -> str:
    """Give the country's code, if it is the one whose plan goes by it; others share the code."""
    code = phonenumbers.country_code_for_region(region)
    return str(code) if phonenumbers.region_code_for_country_code(code) == region else ""


def is_in_use(digits: str) -> bool:
    """Tell whether the numbering plans know these E.164 digits."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits))
    except phonenumbers.NumberParseException:
        return False


def _is_short_code(digits: str, region: str) -> bool:
    number = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region), national_number=int(digits)
    )
    return shortnumberinfo.is_emergency_number(
        digits, region
    ) or shortnumberinfo.is_valid_short_number_for_region(number, region)


def _is_whole(digits: str) -> bool:
    """Tell whether somebody only forgot the `+` of a number that is in use."""
    fits = _SHORTEST <= len(digits) <= _LONGEST and not digits.startswith("0")
    return fits and is_in_use(digits)


def _parse(text: str, region: str) -> str | Trouble:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException as error:
        return _TROUBLES.get(error.error_type, Trouble.NO_SUCH_NUMBER)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return _REASONS.get(possible, Trouble.NO_SUCH_NUMBER)
    digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    if len(digits) < _SHORTEST:
        return Trouble.TOO_SHORT
    return digits if len(digits) <= _LONGEST else Trouble.TOO_LONG


_TROUBLES = {
    phonenumbers.NumberParseException.TOO_LONG: Trouble.TOO_LONG,
    phonenumbers.NumberParseException.TOO_SHORT_NSN: Trouble.TOO_SHORT,
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: Trouble.TOO_SHORT,
    phonenumbers.NumberParseException.NOT_A_NUMBER: Trouble.TOO_SHORT,
}

_REASONS = {
    phonenumbers.ValidationResult.TOO_SHORT: Trouble.TOO_SHORT,
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Trouble.TOO_SHORT,
    phonenumbers.ValidationResult.TOO_LONG: Trouble.TOO_LONG,
}


def _country_code(digits: str) -> str:
    for length in (1, 2, 3):
        code = digits[:length]
        if code and code[0] != "0" and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return code
    return ""


@cache
def _plan(code: str) -> _Plan | None:
    region = phonenumbers.region_code_for_country_code(int(code))
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
    if metadata is None or metadata.general_desc is None:
        return None
    inland = metadata.national_prefix_for_parsing or "(?!)"
    abroad = metadata.international_prefix or "(?!)"
    return _Plan(
        frozenset(metadata.general_desc.possible_length),
        re.compile(inland),
        re.compile(f"(?:{inland})|(?:{abroad})|{code}"),
    )
