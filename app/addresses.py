"""Text that people write -> Address, or InvalidAddress with the reason; and back for the eye.

`canonical` is the service's rule and knows nothing of countries; `parse_phone` is for people's
numbers and does; `parse_address` takes what somebody types, a number or a handle.
"""

import locale
import os
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import cast
from urllib.parse import unquote

from app.domain import Address
from app.errors import InvalidAddress, Trouble

LONGEST = 63
"""Characters of an address in canonical form."""

_PHONE = re.compile(r"[1-9][0-9]{6,14}")
_PHONE_SIZES = frozenset(range(7, 16))
_HANDLE = re.compile(r"[a-z0-9][a-z0-9._@+-]*")
_BLANKS = " \t"
_SEPARATORS = re.compile(rf"[{_BLANKS}().\-/]+")


# ---- the service's rule


def canonical(text: str) -> Address:
    """Give the one form of an address; it is the same when asked again."""
    if _PHONE.fullmatch(text):
        return Address(text)
    if text[:1] == "+" and _PHONE.fullmatch(text, 1):
        return Address(text[1:])
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.lstrip(_BLANKS).startswith("+"):
        folded = _SEPARATORS.sub("", folded).removeprefix("+")
        if not (_PHONE.fullmatch(folded) and folded.isascii()):
            raise InvalidAddress(text, "invalid", Trouble.NO_SUCH_NUMBER)
    if len(folded) > LONGEST:
        raise InvalidAddress(text, "too-long", Trouble.TOO_LONG)
    if not _HANDLE.fullmatch(folded):
        raise InvalidAddress(text, "invalid", Trouble.CHARACTERS if folded else Trouble.EMPTY)
    return Address(folded)


def canonical_many(texts: Iterable[str]) -> list[Address | InvalidAddress]:
    """Apply `canonical` to each, in their order; 10,000 plain numbers take half a millisecond."""
    given = texts if isinstance(texts, list) else list(texts)
    if _are_phones(given):
        return cast("list[Address | InvalidAddress]", given)
    return [
        Address(text) if _PHONE.fullmatch(text) else _canonical_or_error(text) for text in given
    ]


def _are_phones(texts: list[str]) -> bool:
    joined = "\n".join(texts)
    return (
        _PHONE_SIZES.issuperset(map(len, texts))
        and joined.isascii()
        and not joined.encode().translate(None, b"\n0123456789")
        and joined.count("\n") == len(texts) - 1
        and "\n0" not in joined
        and joined[0] != "0"
    )


def _canonical_or_error(text: str) -> Address | InvalidAddress:
    try:
        return canonical(text)
    except InvalidAddress as error:
        return error


def is_phone(address: Address) -> bool:
    """Tell a number from a handle."""
    return _PHONE.fullmatch(address) is not None


# ---- what people write


def parse_address(text: str, region: str) -> Address:
    """Read a number or a handle, as somebody typed it."""
    return _address_or_raise(text, _parse_typed(text, region.upper()))


def parse_phone(text: str, region: str) -> Address:
    """Read a number out of a book, where a word is a mistake and not a handle."""
    return _address_or_raise(text, _parse_phone(text, region.upper()))


def parse_handle(text: str) -> Address:
    """Read a handle out of a book; what stands around it is not of it."""
    return canonical(text.strip())


def _address_or_raise(text: str, found: str) -> Address:
    if isinstance(found, Trouble):
        raise InvalidAddress(text, "too-long" if len(text) > LONGEST else "invalid", found)
    return Address(found)


def _parse_typed(text: str, region: str) -> str:
    written = _plain(text).strip()
    if written[:5].casefold() == "kith:":
        return _parse_handle(written[5:])
    found = _parse_phone(text, region)
    if isinstance(found, Trouble) and any(map(str.isalpha, written)) and not _is_uri(written):
        return _parse_handle(written)
    return found


def _parse_handle(text: str) -> str:
    try:
        return parse_handle(text)
    except InvalidAddress as error:
        return error.detail


@lru_cache(maxsize=1 << 16)
def _parse_phone(text: str, region: str) -> str:
    if _PLAINLY_WRITTEN.fullmatch(text):
        return _look_up(text, region)
    return _parse_written(text, region) if len(text) <= _LONGEST_TEXT else Trouble.TOO_LONG


def _parse_written(text: str, region: str) -> str:
    written = _dialled(_plain(text).strip())
    if _LETTER.search(written):
        return _parse_vanity(written, region)
    if _DIALLABLE.fullmatch(written):
        return _parse_digits(written, region)
    if not written:
        return Trouble.EMPTY
    return Trouble.SHORT_CODE if written[0] in "*#" else Trouble.CHARACTERS


def _parse_digits(written: str, region: str) -> str:
    found = _look_up(written, region)
    if isinstance(found, Trouble) and "(0)" in written:
        return _look_up(written.replace("(0)", ""), region)
    return found


def _look_up(written: str, region: str) -> str:
    digits = _NOT_DIGIT.sub("", written)
    if not digits:
        return Trouble.CHARACTERS
    plans = _numbering()
    look_up = plans.international if "+" in written else plans.national
    found: str = look_up(digits, region)
    return found


def _parse_vanity(written: str, region: str) -> str:
    """Take the letters of `1-800-FLOWERS` for keys, but only if a number in use comes out."""
    if not _VANITY.fullmatch(written):
        return Trouble.LETTERS
    found = _parse_digits(written.upper().translate(_KEYS), region)
    in_use = not isinstance(found, Trouble) and _numbering().is_in_use(found)
    return found if in_use else Trouble.LETTERS


def _numbering() -> ModuleType:
    return import_module("app.numbering")


def _plain(text: str) -> str:
    """Any script's digits, dashes and spaces as ASCII; what is invisible, gone."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", text)))


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Pd" or character in "\u2212\u00af":
        return "-"
    if category[0] == "Z" or character in "\t\n\r":
        return " "
    return "" if category in {"Cf", "Cc", "Mn"} else character


def _dialled(text: str) -> str:
    """Leave out scheme, leading word, hidden-caller code and extension."""
    if _is_uri(text):
        text = _from_uri(text)
    text = _LEADING_WORD.sub("", text)
    text = _CALLER_CODE.sub("", text)
    return _EXTENSION.sub(r"\1", text).strip()


def _is_uri(text: str) -> bool:
    return text.partition(":")[0].casefold() in _SCHEMES


def _from_uri(text: str) -> str:
    """RFC 3966: a local number carries the rest of itself as `phone-context`."""
    number, *parameters = unquote(text.partition(":")[2]).lstrip("/").split("?")[0].split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.casefold() == "phone-context" and value[:1] == "+" and number[:1] != "+":
            return value + number
    return number


_PLAINLY_WRITTEN = re.compile(r"\(?\+?\(?[1-9](?:[ ().-]*[0-9]){6,14}", re.ASCII)
"""Nothing to take off first: most numbers, and ten times as fast."""

_LONGEST_TEXT = 256
_SCHEMES = frozenset({"tel", "sms", "smsto", "callto", "phone"})
_LETTER = re.compile(r"[^\W\d_]")
_NOT_DIGIT = re.compile(r"[^0-9]+")
_DIALLABLE = re.compile(r"[0-9\s()\[\]\-./+~\u00b7\u2022|\\']+")
_VANITY = re.compile(r"\+?[(0-9][0-9\s().-]*[A-Za-z]{3}[A-Za-z0-9\s().-]*")
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_LEADING_WORD = re.compile(
    r"^(?:tel|phone|mobile|mob|cell|fax|ph|handy|[tmf])(?:efon|ephone)?[.:]+\s*(?=[+(\d])", re.I
)
_CALLER_CODE = re.compile(r"^[*#]\d{2,3}#(?=\+?\d{6})")
_EXTENSION = re.compile(
    r"(\d[\d\s()./-]{4,}?)\s*"
    r"(?:[,;]*\s*(?:extension|extn?|ext|durchwahl|poste|int|dob|\u0434\u043e\u0431|dw|[x\u00d7])[\s.:=]*|[,;#]+\s*|[pw])"
    r"[\d\s,;#*pw-]*$",
    re.I,
)


# ---- back for the eye


def display(address: Address) -> str:
    """Write a number in groups, `+1 800 555 0001`, and a handle as it is."""
    if not _PHONE.fullmatch(address):
        return address
    code = _country_code(address)
    rest = address[len(code) :]
    groups = [rest[start : start + 3] for start in range(0, len(rest) - 4, 3)]
    return " ".join(["+" + code, *groups, rest[3 * len(groups) :]])


def _country_code(digits: str) -> str:
    if digits[0] in "17":
        return digits[0]
    return digits[:2] if digits[:2] in _TWO_DIGIT_CODES else digits[:3]


_TWO_DIGIT_CODES = frozenset(
    map(
        str,
        {20, 27, *range(30, 67), *range(81, 99)}
        - {35, 37, 38, 42, 50, 59, 83, 85, 87, 88, 89, 96, 97},
    )
)


def default_region() -> str:
    """Name the country of this computer's locale, such as `GB`; `US` where it names none."""
    for name in (*map(os.environ.get, _LOCALE_VARIABLES), locale.getlocale()[0]):
        found = _LOCALE_REGION.match(name or "")
        if found:
            return found[1].upper()
    return "US"


_LOCALE_VARIABLES = ("LC_ALL", "LC_TELEPHONE", "LC_MESSAGES", "LANG")
_LOCALE_REGION = re.compile(r"[A-Za-z]{2,3}[_-]([A-Za-z]{2})(?![A-Za-z])")
