"""Tables of the programs people have, in their languages, encodings and separators."""

from pathlib import Path

import pytest

from app.importers import Card, Mapping, Unreadable, read_book
from app.importers.mapping import Column, Role, guess_mapping
from app.importers.table import look_at_table


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[Card | Unreadable]:
    path = tmp_path / "book.csv"
    path.write_bytes(text.encode(encoding))
    return list(read_book(path))


def only(found: list[Card | Unreadable]) -> Card:
    (card,) = found
    assert isinstance(card, Card), card
    return card


def phones(card: Card) -> list[tuple[str, str]]:
    return [(value.text, value.label) for value in card.phones]


def test_google_old(tmp_path: Path) -> None:
    card = only(
        read(
            tmp_path,
            "Name,Given Name,Additional Name,Family Name,Nickname,Birthday,Notes,Group Membership,"
            "E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,"
            "Phone 2 - Value,Organization 1 - Name\n"
            'Ada M Okafor,Ada,M,Okafor,Addie,--02-03,"two\nlines",* myContacts,* Work,a@b.example,'
            "Mobile,+1 800 555 0001 ::: +1 800 555 0002,Work Fax,+1 800 555 0003,Acme\n",
        )
    )
    assert (card.name, card.given, card.family) == ("Ada M Okafor", "Ada", "Okafor")
    assert (card.nickname, card.birthday, card.org) == ("Addie", "--02-03", "Acme")
    assert (card.note, card.line) == ("two\nlines", 2)
    assert phones(card) == [
        ("+1 800 555 0001", "mobile"),
        ("+1 800 555 0002", "mobile"),
        ("+1 800 555 0003", "work fax"),
    ]
    assert [(mail.text, mail.label) for mail in card.emails] == [("a@b.example", "work")]
    assert 'X-COLUMN;NAME="Group Membership":* myContacts' in card.rest


def test_google_new(tmp_path: Path) -> None:
    card = only(
        read(
            tmp_path,
            "First Name,Middle Name,Last Name,Phonetic First Name,Nickname,File As,"
            "Organization Name,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
            "Phone 1 - Label,Phone 1 - Value\n"
            "Ada,,Okafor,Aida,,,Acme,1990-01-02,,https://x.example/p,,,a@b.example,Boat,"
            "020 7946 0958\n",
        )
    )
    assert card.name == "Ada Okafor"
    assert phones(card) == [("020 7946 0958", "boat")]
    assert 'X-COLUMN;NAME="Phonetic First Name":Aida' in card.rest


OUTLOOK = {
    "en": "First Name,Last Name,Company,Business Phone,Home Phone,Mobile Phone,Business Fax,"
    "E-mail Address,Notes",
    "de": "Vorname,Nachname,Firma,Telefon geschäftlich,Telefon (privat),Mobiltelefon,"
    "Fax geschäftlich,E-Mail-Adresse,Notizen",
    "fr": "Prénom,Nom,Société,Téléphone (bureau),Téléphone (domicile),Tél. mobile,"
    "Télécopie (bureau),Adresse de messagerie,Notes",
    "es": "Nombre,Apellidos,Organización,Teléfono del trabajo,Teléfono particular,Teléfono móvil,"
    "Fax del trabajo,Dirección de correo electrónico,Notas",
    "it": "Nome,Cognome,Società,Telefono (uff.),Telefono (ab.),Cellulare,Fax (uff.),"
    "Indirizzo posta elettronica,Notes",
    "nl": "Voornaam,Achternaam,Bedrijf,Telefoon op werk,Telefoon thuis,Mobiele telefoon,"
    "Fax op werk,E-mailadres,Notities",
    "pt": "Nome,Sobrenome,Empresa,Telefone comercial,Telefone residencial,Telefone celular,"
    "Fax comercial,Endereço de email,Notes",
    "pl": "Imię,Nazwisko,Firma,Telefon służbowy,Telefon domowy,Telefon komórkowy,Faks służbowy,"
    "Adres e-mail,Notatki",
    "ru": "Имя,Фамилия,Организация,Рабочий телефон,Домашний телефон,Мобильный телефон,"
    "Рабочий факс,Адрес эл. почты,Заметки",
    "ja": "名,姓,会社名,会社電話,自宅電話,携帯電話,会社ファックス,電子メール アドレス,メモ",
}
ENCODINGS = {"pl": "cp1250", "ru": "cp1251", "ja": "cp932"}


@pytest.mark.parametrize("language", sorted(OUTLOOK))
def test_outlook_in_its_languages_and_encodings(tmp_path: Path, language: str) -> None:
    row = "Ada,Okafor,Acme,+18005550001,+18005550002,+18005550003,+18005550004,a@b.example,hi"
    text = f"{OUTLOOK[language]}\r\n{row}\r\n"
    for encoding in ("utf-8-sig", "utf-16", ENCODINGS.get(language, "cp1252")):
        card = only(read(tmp_path, text, encoding))
        assert (card.name, card.given, card.family) == ("Ada Okafor", "Ada", "Okafor")
        assert (card.org, card.note) == ("Acme", "hi")
        assert phones(card) == [
            ("+18005550001", "work"),
            ("+18005550002", "home"),
            ("+18005550003", "mobile"),
            ("+18005550004", "work fax"),
        ]
        assert [mail.text for mail in card.emails] == ["a@b.example"]


def test_outlook_leaves_no_false_birthday_or_label(tmp_path: Path) -> None:
    card = only(
        read(
            tmp_path,
            "First Name,Last Name,Birthday,Anniversary,E-mail Address,E-mail Type,Telex,"
            "Government ID Number\nAda,Okafor,0/0/00,0/0/00,a@b.example,SMTP,12345,77\n",
        )
    )
    assert card.birthday == ""
    assert card.emails[0].label == ""
    assert card.phones == ()


@pytest.mark.parametrize(
    "header",
    [
        "First Name,Last Name,Display Name,Nickname,Primary Email,Work Phone,Mobile Number,"
        "Birth Year,Birth Month,Birth Day",
        "Vorname,Nachname,Anzeigename,Spitzname,Primäre E-Mail-Adresse,Tel. dienstlich,"
        "Mobil-Tel.-Nr.,Geburtsjahr,Geburtsmonat,Geburtstag",
    ],
)
def test_thunderbird(tmp_path: Path, header: str) -> None:
    row = "Ada,Okafor,Ada O.,Addie,a@b.example,+18005550001,+18005550002,1990,1,2"
    card = only(read(tmp_path, f"{header}\n{row}\n"))
    assert (card.name, card.birthday) == ("Ada O.", "1990-01-02")
    assert phones(card) == [("+18005550001", "work"), ("+18005550002", "mobile")]


def test_yahoo(tmp_path: Path) -> None:
    card = only(
        read(
            tmp_path,
            '"First","Middle","Last","Nickname","Email","Messenger ID","Home","Work","Mobile",'
            '"Yahoo! Phone","Title","Company"\n'
            '"Ada","","Okafor","","a@b.example","","+18005550001","+18005550002",'
            '"+18005550003","","Dr","Acme"\n',
        )
    )
    assert phones(card) == [
        ("+18005550001", "home"),
        ("+18005550002", "work"),
        ("+18005550003", "mobile"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, end: str) -> None:
    text = end.join(["Name,Phone", "Ada,+18005550001", "", "Bob,+18005550002"])
    found = read(tmp_path, text.replace(",", separator))
    assert [(card.line, card.name) for card in found if isinstance(card, Card)] == [
        (2, "Ada"),
        (4, "Bob"),
    ]


def test_a_separator_named_on_the_first_line(tmp_path: Path) -> None:
    card = only(read(tmp_path, "sep=;\nName;Phone\nAda, Okafor;+18005550001\n"))
    assert (card.name, card.line) == ("Ada, Okafor", 3)


def test_an_open_quote_costs_one_line(tmp_path: Path) -> None:
    rows = "".join(f"P{n},+1800555{n:04}\n" for n in range(3000))
    found = read(tmp_path, 'Name,Phone\n"Ada,+18005550001\n' + rows)
    assert len(found) == 3001
    assert [card.line for card in found[:3]] == [2, 3, 4]


def test_a_plain_list_of_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, "+1 800 555 0001\n+1 800 555 0002\n")
    assert [phones(card) for card in found if isinstance(card, Card)] == [
        [("+1 800 555 0001", "")],
        [("+1 800 555 0002", "")],
    ]


def test_unknown_columns_are_guessed_by_what_is_in_them(tmp_path: Path) -> None:
    card = only(read(tmp_path, "wer,wie,wo\nAda,+44 20 7946 0958,ada@example.org\n"))
    assert (card.name, phones(card)) == ("Ada", [("+44 20 7946 0958", "")])
    assert card.emails[0].text == "ada@example.org"


def test_a_mapping_given_by_a_person_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "club.csv"
    path.write_text("a;b;c\n1;Ada;+18005550001\n")
    table = look_at_table(path)
    assert not table.mapping.sure
    assert (table.separator, table.headers, table.rows) == (
        ";",
        ("a", "b", "c"),
        (("1", "Ada", "+18005550001"),),
    )
    columns = (Column(header="a"), Column(Role.NAME), Column(Role.PHONE, "boat"))
    card = only(list(read_book(path, Mapping(columns))))
    assert (card.name, phones(card)) == ("Ada", [("+18005550001", "boat")])
    assert card.rest == ('X-COLUMN;NAME="a":1',)


def test_what_keeps_excel_from_formulas_is_taken_off(tmp_path: Path) -> None:
    found = read(tmp_path, 'Name,Phone\nAda,\'+18005550001\nBob,"=""+18005550002"""\n')
    assert [phones(card)[0][0] for card in found if isinstance(card, Card)] == [
        "+18005550001",
        "+18005550002",
    ]


def test_rows_that_name_nobody_are_reported(tmp_path: Path) -> None:
    found = read(tmp_path, "Name,Phone,Hat\nAda,+18005550001,7\n,,8\nBob,,,,surplus\n")
    assert isinstance(found[1], Unreadable)
    assert (found[1].line, found[1].reason, found[1].value) == (3, "not-a-row", "\t\t8")
    assert isinstance(found[2], Card)
    assert found[2].rest == ('X-COLUMN;NAME="":surplus',)


def test_known_headers_need_no_question() -> None:
    assert guess_mapping(["Name", "Phone"]).sure
    assert not guess_mapping(["Name", "Hat"]).sure


def test_a_title_above_the_headers_is_reported_and_passed_over(tmp_path: Path) -> None:
    title, card = read(tmp_path, "My contacts;;\n\nName;Phone;\nAda;+18005550001;\n")
    assert isinstance(title, Unreadable)
    assert (title.line, title.reason) == (1, "not-a-row")
    assert isinstance(card, Card)
    assert (card.name, card.line) == ("Ada", 4)
