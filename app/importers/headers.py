"""What the headers of exported tables mean, in the languages that programs write them in."""

import re
import unicodedata


def _words(text: str) -> list[str]:
    return text.split()


_PUNCTUATION = re.compile(r"[\W_]+")


def plain_header(header: str) -> str:
    """Write a header as lower-case words: `E-mail 1 - Value` is `e mail 1 value`."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return _PUNCTUATION.sub(" ", folded).strip()


def role_of_header(words: str, all_headers: frozenset[str]) -> str:
    """Say what a column holds, looking at its neighbours where a word has two meanings."""
    if "yahoo phone" in all_headers and words in _YAHOO_PHONES:
        return "phone"
    if words in _EXACT:
        return _among(words, _EXACT[words], all_headers)
    return _role_of_words(words)


def _among(words: str, role: str, all_headers: frozenset[str]) -> str:
    """Decide `Name`, `Nom`, `Nome`: the whole name, unless another column holds the other part."""
    known = {_EXACT.get(other) for other in all_headers}
    if role == "name" and "family" not in known and _FAMILY_BESIDE.get(words, _NONE) & all_headers:
        return "family"
    if role == "name" and "given" not in known and _GIVEN_BESIDE.get(words, _NONE) & all_headers:
        return "given"
    if role == "birthday" and "birth-year" in known:
        return "birth-day"
    return role


def _role_of_words(words: str) -> str:
    tokens = frozenset(words.split())
    labelled = bool(tokens & _LABEL_WORDS)
    if tokens & _NEITHER:
        return "keep"
    if tokens & _MAIL_TOKENS or any(part in words for part in _MAIL_PARTS):
        return "email-label" if labelled else "email"
    if tokens & _PHONE_TOKENS or any(part in words for part in _PHONE_PARTS):
        return "phone-label" if labelled else "phone"
    return "keep"


def label_of_header(words: str) -> str:
    """Name the kind of number or mail that a header speaks of."""
    tokens = words.split()
    found = [
        label
        for label, parts in _LABELS.items()
        if any(part in tokens or (_is_found_inside(part) and part in words) for part in parts)
    ]
    return " ".join(found)


def _is_found_inside(part: str) -> bool:
    """Tell whether a word is also looked for inside others, as German and Chinese write them."""
    return len(part) > _WHOLE_WORD or part[0] > _LAST_OF_ALPHABETS


_WHOLE_WORD = 4
_LAST_OF_ALPHABETS = "\u2e80"

_LABELS = {
    "work": _words(
        "work business office company geschäftlich dienstlich büro arbeit firma bureau travail"
        " professionnel trabajo oficina ufficio uff lavoro werk zakelijk trabalho comercial"
        " służbowy рабочий arbete arbejde jobb työ 会社 勤務先 商务 单位 회사"
    ),
    "home": _words(
        "home private privat domicile personnel casa particular ab abitazione thuis residencial"
        " residencia domowy домашний hem hjem bostad koti 自宅 住宅 家庭 집"
    ),
    "mobile": _words(
        "mobile mobil mobiltelefon handy cell cellular cellulare celular móvil movil mobiel mobiele"
        " telemóvel komórkowy komórka мобильный переносной gsm natel portable matkapuhelin mobilní"
        " 携帯 手机 移动 휴대폰 iphone"
    ),
    "other": _words("other weiteres weitere autre otro altro overig overige outro inny другой"),
    "main": _words("main primary haupttelefon principal principale hoofd основной"),
    "car": _words("car autotelefon voiture coche auto"),
    "assistant": _words("assistant assistent assistants asistente assistente"),
    "fax": _words("fax faks télécopie telefax факс 传真 ファックス 팩스"),
    "pager": _words("pager пейджер bipeur beeper"),
}

_PHONE_PARTS = _words(
    "phone telefon téléphone telephone teléfono telefono telefone telefoon puhelin телефон τηλέφωνο"
    " 电话 電話 전화 هاتف rufnummer fax факс ファックス 传真 팩스 télécopie 手机 移动 携帯 휴대폰"
)
_PHONE_TOKENS = frozenset(
    _words(
        "tel tél handy mobile mobil mobilnummer cell cellular cellulare celular móvil movil gsm"
        " natel"
        " portable telemóvel komórka fax telefax pager faks télécopie callback isdn rückmeldung"
        " phones"
    )
)
_MAIL_PARTS = [
    "e mail",
    "email",
    "correo elec",
    "posta elettronica",
    "messagerie",
    "courriel",
    "эл почт",
    "электронн",
    "電子メール",
    "电子邮件",
    "电邮",
    "メール",
    "sähköposti",
    "이메일",
    "e post",
    "adresse électronique",
]
_MAIL_TOKENS = frozenset(("mail", "mails", "correo", "почта"))
_LABEL_WORDS = frozenset(
    _words("type typ label tipo étiquette etichetta etiqueta bezeichnung libellé тип ярлык rodzaj")
)
_NEITHER = frozenset(
    _words(
        "phonetic display anzeigename angezeigter mostrar visualizzato affichage complet"
        " account konto city street zip url server id"
        " website webpage distribution messenger telex hobby language country region yomi"
    )
)
_YAHOO_PHONES = frozenset(_words("home work pager fax mobile other primary")) | {"yahoo phone"}

_WORDS = {
    "name": (
        "name|full name|fullname|display name|contact|contact name|display as|anzeigename|kontakt"
        "|vollständiger name|nom|nom complet|nom à afficher|nom d affichage|nombre|nombre completo"
        "|nombre para mostrar|nome|nome completo|nome visualizzato|naam|volledige naam|weergavenaam"
        "|namn|navn|nimi|имя|фио|полное имя|表示名|氏名|姓名|名前|이름|jméno|imię i nazwisko"
    ),
    "given": (
        "first name|firstname|first|given name|givenname|given|forename|vorname|prénom|prenom"
        "|nombres|nombre de pila|primeiro nome|primer nombre|voornaam|imię|förnamn|fornavn|etunimi"
        "|křestní jméno|keresztnév|όνομα|名"
    ),
    "family": (
        "last name|lastname|last|family name|familyname|surname|nachname|familienname|zuname"
        "|nom de famille|apellidos|apellido|cognome|achternaam|sobrenome|apelido|nazwisko|фамилия"
        "|efternamn|efternavn|etternavn|sukunimi|příjmení|vezetéknév|επώνυμο|姓"
    ),
    "middle": (
        "middle name|middle|additional name|weitere vornamen|zweiter vorname|deuxième prénom"
        "|autres prénoms|segundo nombre|secondo nome|middelste naam|tweede voornaam|segundo nome"
        "|drugie imię|отчество"
    ),
    "nickname": (
        "nickname|nick name|nick|spitzname|surnom|pseudo|apodo|soprannome|bijnaam|roepnaam"
        "|pseudonim|псевдоним|smeknamn|ニックネーム|昵称"
    ),
    "org": (
        "organization|organisation|organization name|organization 1 name|company|company name|firma"
        "|unternehmen|société|entreprise|organización|empresa|compañía|società|azienda"
        "|organizzazione|bedrijf|organisatie|organização|организация|компания|företag|virksomhed"
        "|yritys|公司|单位|会社|会社名|회사"
    ),
    "note": (
        "notes|note|notizen|notiz|bemerkung|bemerkungen|remarques|remarque|notas|nota|comments"
        "|comment|kommentar|commentaires|comentarios|appunti|notities|notatki|заметки|комментарии"
        "|примечание|anteckningar|memo|メモ|备注|메모"
    ),
    "birthday": (
        "birthday|birth date|birthdate|date of birth|dob|geburtstag|geburtsdatum|anniversaire"
        "|date de naissance|cumpleaños|fecha de nacimiento|compleanno|data di nascita|verjaardag"
        "|geboortedatum|aniversário|data de nascimento|urodziny|data urodzenia|день рождения"
        "|дата рождения|födelsedag|fødselsdag|syntymäpäivä|誕生日|生日|생일"
    ),
    "birth-year": "birth year|geburtsjahr|année de naissance|año de nacimiento|anno di nascita",
    "birth-month": "birth month|geburtsmonat|mois de naissance|mes de nacimiento|mese di nascita",
    "birth-day": "birth day|jour de naissance|día de nacimiento|giorno di nascita",
    "phone": "number|numbers|nummer|numéro|numero|número|numer|номер|番号|号码",
    "handle": "kith|kith handle|kith address",
    "uid": "uid",
    "lines": "vcard lines",
}
_EXACT = {words: role for role, all_words in _WORDS.items() for words in all_words.split("|")}

_NONE: frozenset[str] = frozenset()
_FAMILY_BESIDE = {
    "name": frozenset({"vorname", "first name", "given name", "förnamn"}),
    "nom": frozenset({"prénom", "prenom"}),
    "naam": frozenset({"voornaam"}),
    "navn": frozenset({"fornavn"}),
    "namn": frozenset({"förnamn"}),
}
_GIVEN_BESIDE = {
    "nome": frozenset({"cognome", "sobrenome", "apelido"}),
    "nombre": frozenset({"apellidos", "apellido"}),
    "имя": frozenset({"фамилия"}),
    "jméno": frozenset({"příjmení"}),
}
