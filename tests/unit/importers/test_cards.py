"""Each file in tests/cards holds one oddity; here stands what must be read from it."""

from pathlib import Path
from typing import Any

import pytest

from app.importers import Card, Unreadable, Value, read_book

CARDS = Path(__file__).parents[2] / "cards"
PHONE = "+18005550001"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256))

Expected = list[dict[str, Any] | tuple[int, str, str]]

ADA: Expected = [{"name": "Ada Okafor", "phones": [PHONE]}]
ZOE: Expected = [{"name": "Zoë Okafor", "phones": [PHONE]}]
PHOTO: Expected = [{"name": "Ada", "photo": JPEG, "rest": ()}]

EXPECTED: dict[str, Expected] = {
    "quoted_printable_soft_breaks": [
        {
            "name": "Jürgen Müller",
            "given": "Jürgen",
            "family": "Müller",
            "note": "first\nsecond: with a colon and a space",
            "phones": [("+4930123456", "mobile", 10)],
        }
    ],
    "quoted_printable_latin1": [{"name": "René Café"}],
    "quoted_printable_bare_parameter": [{"name": "René", "phones": [("+33123456789", "home", 4)]}],
    "quoted_printable_ends_with_break": [{"name": "Ada"}, {"name": "Bob", "line": 5}],
    "quoted_printable_address_kept": [{"rest": ("ADR;HOME:;;Straße 1;Köln;;50667;DE",)}],
    "shift_jis_declared": [{"name": "山田太郎"}],
    "gb2312_undeclared": [{"name": "张伟", "org": "北京大学"}],
    "cp1252_undeclared": [{"name": "René Müller", "note": "costs 5 €"}],
    "cp1251_undeclared": [{"name": "Анна Каренина"}],
    "mixed_encodings": [{"name": "Zoë"}, {"name": "Chloé"}],
    "unknown_charset": [{"name": "René"}],
    "utf8_bom": ADA,
    "bom_in_the_middle": [*ADA, {"name": "Bob Okafor", "line": 6}],
    "utf16_le_bom": ZOE,
    "utf16_be_bom": ZOE,
    "utf16_le_without_bom": ADA,
    "utf32_bom": ZOE,
    "fold_inside_a_letter": [{"name": "Zoë Okafor", "phones": [(PHONE, "", 5)]}],
    "folded_with_tab": [{"name": "Ada Okafor", "note": "one two"}],
    "folded_oldest_at_space": [{"name": "Ada Okafor", "phones": [(PHONE, "", 5)]}],
    "folded_oldest_at_width": [{"note": "a" * 69 + "b" * 10}],
    "lines_end_with_cr": ADA,
    "lines_end_with_lf": ADA,
    "lines_end_mixed": ADA,
    "photo_base64_folded": PHOTO,
    "photo_base64_not_folded": [{"photo": JPEG, "phones": [(PHONE, "", 11)]}],
    "photo_base64_bare_parameter": PHOTO,
    "photo_data_uri": PHOTO,
    "photo_without_encoding": PHOTO,
    "photo_apple_crop": PHOTO,
    "photo_without_padding": [{"photo": JPEG + b"x"}],
    "photo_link_is_kept": [
        {"photo": None, "rest": ("PHOTO;VALUE=uri:https://example.org/ada.jpg",)}
    ],
    "apple_groups": [
        {
            "phones": [(PHONE, "mobile", 4), ("+18005550002", "boat phone", 6)],
            "rest": (
                "item3.URL;type=pref:https://example.org",
                "item3.X-ABLabel:_$!<HomePage>!$_",
                "item4.X-ABDATE;type=pref:2015-06-01",
                "item4.X-ABLabel:_$!<Anniversary>!$_",
            ),
        }
    ],
    "group_without_label": [{"phones": [(PHONE, "home", 4)]}],
    "bare_backslashes": [{"note": 'C:\\temp\\x and a \\"quote\\" and , and ; and \\ end\\'}],
    "backslashes_oldest": [{"note": "C:\\new;x"}],
    "escaped_separators_in_n": [{"given": "Ada\\B", "family": "O;Neil, Jr."}],
    "missing_end": [{"name": "Ada", "phones": [PHONE]}, {"name": "Bob", "line": 5}],
    "missing_last_end": [{"name": "Ada", "phones": [PHONE]}],
    "junk_lines": [
        (1, "outside-a-card", "Exported by My Phone"),
        (6, "not-a-property", "this is no property"),
        (8, "not-a-property", ";;;"),
        {"name": "Ada", "line": 3, "phones": [(PHONE, "", 7)]},
        (10, "outside-a-card", "the end"),
    ],
    "agent_nested": [
        {
            "name": "Boss",
            "phones": [(PHONE, "", 14)],
            "rest": (
                "AGENT:BEGIN:VCARD\\nVERSION:2.1\\nFN:Helper\\nTEL:+18005550009\\nAGENT:"
                "\\nBEGIN:VCARD\\nFN:Third\\nEND:VCARD\\nEND:VCARD",
            ),
        }
    ],
    "agent_inline": [
        {
            "name": "Boss",
            "phones": [PHONE],
            "rest": ("AGENT:BEGIN:VCARD\\nFN:Helper\\nTEL:+1\\,2\\nEND:VCARD\\n",),
        }
    ],
    "agent_too_deep": [(4, "too-deep", "BEGIN:VCARD"), {"name": "Boss", "phones": [PHONE]}],
    "joined_without_line_end": [
        {"name": "Ada", "phones": []},
        {"name": "Bob", "line": 4, "phones": [PHONE]},
    ],
    "apple_list_is_no_person": [(1, "a-list", "Friends"), *ADA],
    "tel_uri_percent": [{"phones": ["tel:%2B1%20800%20555%200001"]}],
    "indented": [{"name": "Ada Okafor", "line": 2, "phones": [(PHONE, "", 6)]}],
    "label_before_number": [{"phones": [(PHONE, "boat", 5)], "rest": ()}],
    "base64_text": [{"name": "Zoë"}],
    "quoted_printable_hex_broken": [{"name": "Zoë"}],
    "lower_case": [{"name": "Ada Okafor", "family": "Okafor", "phones": [(PHONE, "mobile", 5)]}],
    "no_fn_from_n": [{"name": "Dr. Ada Mary Okafor PhD", "rest": ("N:Okafor;Ada;Mary;Dr.;PhD",)}],
    "no_fn_from_org": [{"name": "Acme", "org": "Acme", "rest": ("ORG:Acme;Sales",)}],
    "no_fn_from_mail": [{"name": "ada@example.org", "emails": ["ada@example.org"]}],
    "no_fn_from_number": [{"name": PHONE}],
    "several_fn": [{"name": "Yamada Taro", "rest": ("FN;LANGUAGE=ja;ALTID=1:山田太郎",)}],
    "tel_uri_extension": [
        {
            "phones": [
                ("+1-800-555-0001;ext=5555", "home", 4),
                ("tel:7042;phone-context=+1-914-555", "work", 5),
                ("+1 800 555 0003", "fax", 6),
            ]
        }
    ],
    "pref_comes_first": [
        {
            "phones": [("+18005550002", "mobile", 5), (PHONE, "home", 4)],
            "emails": ["b@example.org", "a@example.org"],
        }
    ],
    "nul_bytes": [{"name": "Ada", "phones": [PHONE]}],
    "quoted_parameter_with_colon": [
        {
            "phones": [(PHONE, "mobile", 5)],
            "rest": ('ADR;LABEL="Street 1: left; door":;;Street 1;;;;',),
        }
    ],
    "unbalanced_quote_in_head": [{"phones": [(PHONE, "mobile", 4)]}],
    "empty_card": [(1, "empty-card", ""), *ADA],
    "spaces_around_names": [{"name": "Ada", "phones": [(PHONE, "mobile", 4)]}],
    "kith_handles": [{"handles": ["ada", "okafor"], "rest": ("IMPP:xmpp:ada@example.org",)}],
    "birthdays": [
        {"birthday": "1990-01-02"},
        {"birthday": "--02-03"},
        {"birthday": "--03-04"},
        {"birthday": "circa 1800"},
        {"birthday": "1990-01-02"},
    ],
    "unknown_properties_kept": [
        {
            "rest": (
                "X-SKYPE:ada.skype",
                "CATEGORIES:a,b",
                "URL:https://example.org/a\\,b",
                "LOGO;ENCODING=b:QUJDQUJD",
                "ADR;TYPE=home:;;Street 1;Town;;;",
            )
        }
    ],
    "several_notes": [{"note": "one\ntwo", "org": "Acme", "rest": ("NOTE:three", "ORG:Other")}],
    "blank_lines_inside": [{"name": "Ada", "phones": [(PHONE, "", 7)]}],
    "control_characters": [{"name": "A\x0bd\x1ca\x85\u2028x", "phones": [(PHONE, "", 4)]}],
    "long_line": [{"note": "x" * 100_000, "phones": [(PHONE, "", 5)]}],
    "emoji_and_right_to_left": [{"name": "👩\u200d👩\u200d👧 משפחה"}],
    "other_component_inside": [
        {"phones": [PHONE], "rest": ("BEGIN:VNOTE", "BODY:hello", "END:VNOTE")}
    ],
}


def test_every_file_has_an_expectation() -> None:
    assert {path.stem for path in CARDS.glob("*.vcf")} == set(EXPECTED)
    assert len(EXPECTED) >= 45


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_oddity_is_read_whole(name: str) -> None:
    found = list(read_book(CARDS / f"{name}.vcf"))
    expected = EXPECTED[name]
    assert len(found) == len(expected), found
    for item, wanted in zip(found, expected, strict=True):
        assert item.source == f"{name}.vcf"
        if isinstance(wanted, tuple):
            assert isinstance(item, Unreadable)
            line, reason, value = wanted
            assert (item.line, item.reason) == (line, reason)
            assert item.value.startswith(value)
        else:
            assert isinstance(item, Card)
            for field, value in wanted.items():
                assert _comparable(getattr(item, field), value) == value, field


def _comparable(found: Any, wanted: Any) -> Any:
    """Write values as the table above does: the text, or text, label and line."""
    if isinstance(wanted, bytes):
        assert found.type == "image/jpeg"
        return found.data
    if isinstance(found, tuple) and isinstance(wanted, list):
        values: list[Any] = []
        for value, as_wanted in zip(found, wanted, strict=True):
            assert isinstance(value, Value)
            whole = (value.text, value.label, value.line)
            values.append(whole if isinstance(as_wanted, tuple) else value.text)
        return values
    return found
