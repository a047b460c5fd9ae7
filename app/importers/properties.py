"""What each property of a vCard adds to a card."""

import re
from binascii import a2b_qp

from app.importers.card import Photo, Value
from app.importers.content import (
    Head,
    clean_label,
    decode_base64,
    decode_text,
    split_parts,
    unescape,
)
from app.importers.dates import plain_date
from app.importers.draft import Draft, Take
from app.importers.picture import photo_from_uri, picture_type


def text_of(draft: Draft, head: Head, value: str) -> str:
    """Read a value as plain text."""
    if head.quoted or head.base64:
        value = decode_text(head, value)
    if "\\" in value:
        value = unescape(value, draft.version)
    return value.strip()


def keep(draft: Draft, head: Head, value: str, line: str, _at: int) -> None:
    """Keep a property that Kith does not use as it stands, but in UTF-8."""
    if head.quoted or head.charset:
        text = decode_text(head, value) if head.quoted else value
        line = head.plain + ":" + text.replace("\n", "\\n")
    draft.room -= len(line)
    if draft.room > 0:
        draft.rest.append(line.lstrip("\ufeff"))


_VERSIONS = frozenset({"2.1", "3.0", "4.0"})


def _version(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    version = value.strip()
    if version in _VERSIONS:
        draft.version = version
    elif version:
        keep(draft, head, value, line, at)


def _name(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    text = text_of(draft, head, value)
    if not draft.name:
        draft.name = text
    elif text != draft.name:
        keep(draft, head, value, line, at)


def _names(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    parts = [text_of(draft, head, part) for part in split_parts(value)]
    family, given, *others = [*parts, ""]
    if draft.names:
        keep(draft, head, value, line, at)
        return
    middle, before, *after = [*others, "", ""]
    draft.family, draft.given = family, given
    draft.names = [part for part in (before, given, middle, family, *after) if part]
    if any(others):
        keep(draft, head, value, line, at)


def _phone(draft: Draft, head: Head, value: str, _line: str, at: int) -> None:
    text = text_of(draft, head, value)
    if text[:4].lower() == "tel:" and "phone-context" not in text and "%" not in text:
        text = text[4:]
    _add(draft, draft.phones, head, Value(text, head.label, at))


def _email(draft: Draft, head: Head, value: str, _line: str, at: int) -> None:
    text = text_of(draft, head, value)
    if text[:7].lower() == "mailto:":
        text = text[7:]
    _add(draft, draft.emails, head, Value(text, head.label, at))


def _handle(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    text = text_of(draft, head, value)
    if text[:5].lower() == "kith:":
        text = text[5:]
    elif head.name != "X-KITH":
        keep(draft, head, value, line, at)
        return
    _add(draft, draft.handles, head, Value(text, head.label, at))


_VALUE_SIZE = 200


def _add(draft: Draft, values: list[Value], head: Head, value: Value) -> None:
    draft.room -= _VALUE_SIZE
    if value.text and draft.room > 0:
        values.append(value)
        if head.group or head.preferred:
            draft.marked.append((values, len(values) - 1, head))


def _title(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    """Note what a group's values are called, until it is known whose label it is."""
    keep(draft, head, value, line, at)
    if draft.rest:
        draft.titles[head.group] = (clean_label(text_of(draft, head, value)), draft.rest[-1])


def _org(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    parts = [text_of(draft, head, part) for part in split_parts(value)]
    if draft.org or any(parts[1:]):
        keep(draft, head, value, line, at)
    draft.org = draft.org or parts[0] or next(filter(None, parts), "")


def _birthday(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    if draft.birthday:
        keep(draft, head, value, line, at)
        return
    text = text_of(draft, head, value)
    omitted = dict(head.parameters).get("X-APPLE-OMIT-YEAR")
    draft.birthday = plain_date(text, omitted)


def _photo(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    photo = None if draft.photo else _read_photo(head, value)
    if photo is None:
        keep(draft, head, value, line, at)
    else:
        draft.photo = photo


_BARE_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{40,}={0,2}")


def _read_photo(head: Head, value: str) -> Photo | None:
    if head.quoted:
        data = a2b_qp(value.encode("utf-8", "surrogateescape"))
    elif value[:5].lower() == "data:":
        return photo_from_uri(value)
    elif head.base64 or _BARE_BASE64.fullmatch(value.strip()):
        data = decode_base64(value)
    else:
        return None
    return Photo(picture_type(data, head.media), data) if data else None


def _kind(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
    keep(draft, head, value, line, at)
    draft.is_list = value.strip().lower() == "group"


def _once(field: str) -> Take:
    """Take the first value of a property as that field, and keep any further one."""

    def take(draft: Draft, head: Head, value: str, line: str, at: int) -> None:
        if getattr(draft, field):
            keep(draft, head, value, line, at)
        else:
            setattr(draft, field, text_of(draft, head, value))

    return take


TAKES: dict[str, Take] = {
    "VERSION": _version,
    "FN": _name,
    "N": _names,
    "NICKNAME": _once("nickname"),
    "TEL": _phone,
    "EMAIL": _email,
    "IMPP": _handle,
    "X-KITH": _handle,
    "NOTE": _once("note"),
    "ORG": _org,
    "BDAY": _birthday,
    "UID": _once("uid"),
    "PHOTO": _photo,
    "X-ABLABEL": _title,
    "KIND": _kind,
    "X-ADDRESSBOOKSERVER-KIND": _kind,
}
"""Every property that Kith uses; all others are kept."""
