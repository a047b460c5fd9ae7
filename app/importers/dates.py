"""Birthdays in the ways that books write them."""

import re

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_DAY = re.compile(r"--(\d\d)-?(\d\d)(?:[T ].*)?")


def plain_date(text: str, omitted_year: str | None = None) -> str:
    """Write a date as `1990-01-02`, or `--01-02` without a year; other text stays as it is."""
    if found := _DATE.fullmatch(text):
        year, month, day = found.groups()
        return f"--{month}-{day}" if year == omitted_year else f"{year}-{month}-{day}"
    if found := _DAY.fullmatch(text):
        return f"--{found[1]}-{found[2]}"
    return text
