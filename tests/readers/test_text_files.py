"""Lists as officers send them: every separator, encoding and untidiness that spreadsheets and people produce."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from takedowns.readers import HandedInRow, Layout, ReaderError, open_table

Read = Callable[..., tuple[Layout, list[HandedInRow]]]
Refused = Callable[..., ReaderError]


def urls(rows: list[HandedInRow]) -> list[str]:
    return [row.url for row in rows]


def test_a_usual_file_comes_through_with_every_field(read: Read) -> None:
    layout, rows = read(
        "URL,Kind,Tier,Language,Outlet,Listed group,Ground,Found at,Note\r\n"
        "https://t.me/demo_a,Channel,1,AR,Amber Lantern Media,Example group,incites,2019-11-21 14:05,seen twice\r\n"
    )
    assert rows == [
        HandedInRow(
            line=2,
            raw="https://t.me/demo_a,Channel,1,AR,Amber Lantern Media,Example group,incites,2019-11-21 14:05,seen twice",
            url="https://t.me/demo_a",
            kind="channel",
            tier=1,
            language="ar",
            outlet="Amber Lantern Media",
            listed_group="Example group",
            ground="incites",
            found_at=datetime(2019, 11, 21, 13, 5, tzinfo=UTC),
            note="seen twice",
            problems=(),
        )
    ]
    assert (layout.format, layout.encoding, layout.delimiter, layout.header_line) == ("csv", "utf-8", ",", 1)
    assert layout.columns["listed_group"] == "Listed group"
    assert layout.unrecognised == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_common_separator_is_found(read: Read, delimiter: str) -> None:
    text = "Link,Type,Note\nhttps://t.me/demo_a,video,one\nhttps://t.me/demo_b,post,two\n".replace(
        ",", delimiter
    )
    layout, rows = read(text)
    assert layout.delimiter == delimiter
    assert [(row.url, row.kind, row.note) for row in rows] == [
        ("https://t.me/demo_a", "video", "one"),
        ("https://t.me/demo_b", "post", "two"),
    ]


def test_excels_own_separator_line_is_obeyed_and_is_no_row(read: Read) -> None:
    layout, rows = read("sep=^\r\nURL^Note\r\nhttps://t.me/demo_a^one, two; three\r\n")
    assert layout.delimiter == "^"
    assert [(row.line, row.url, row.note) for row in rows] == [(3, "https://t.me/demo_a", "one, two; three")]


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", "Überwachung läuft, señal, Привет"),
        ("utf-8-sig", "Überwachung läuft"),
        ("utf-16", "Überwachung – Привет"),
        ("utf-16-le", "Überwachung – Привет"),
        ("utf-16-be", "Überwachung – Привет"),
        ("utf-32", "Überwachung"),
        ("cp1252", "Überwachung läuft – „gesehen“"),
        ("cp1252", "déjà signalé à l’hébergeur"),
        ("iso8859-1", "señal de vídeo en español"),
        ("iso8859-15", "gesehen in Köln"),
        ("cp1250", "Zgłoszono już wcześniej, treść nadal dostępna, żółty książę"),
        ("cp1251", "Канал снова появился после удаления"),
        ("koi8-r", "Канал снова появился после удаления"),
        ("koi8-r", "видео"),
        ("iso8859-5", "Канал снова появился после удаления"),
        ("cp1250", "Kanál se znovu objevil, příspěvek smazán, žádost"),
        ("cp1252", "Kanalen blev fjernet på ny, søgning"),
        ("cp1252", "Ü"),
        ("cp1256", "قناة تنشر مقاطع مصورة بعد الحذف"),
        ("cp1253", "Το κανάλι εμφανίστηκε ξανά μετά την αφαίρεση"),
    ],
)
def test_accents_arrive_as_they_were_typed(read: Read, encoding: str, note: str) -> None:
    text = f'URL;Note\r\nhttps://t.me/demo_a;"{note}"\r\nhttps://t.me/demo_b;plain\r\n'
    _, rows = read(text.encode(encoding))
    assert [row.note for row in rows] == [note, "plain"]
    assert [row.problems for row in rows] == [(), ()]


def test_an_accent_behind_a_long_line_is_read(read: Read) -> None:
    content = "URL;Note\nhttps://t.me/demo_a;" + "x" * 60_000 + "\nhttps://t.me/demo_b;déjà signalé\n"
    _, rows = read(content.encode("cp1252"))
    assert rows[1].note == "déjà signalé"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_long_notes_in_another_script_do_not_hide_utf_16(read: Read, encoding: str) -> None:
    note = "Канал снова появился после удаления " * 20
    _, rows = read(f"URL;Note\nhttps://t.me/demo_a;{note}\n".encode(encoding))
    assert rows[0].note == note.strip()


def test_an_accent_far_down_a_windows_file_is_read_too(read: Read) -> None:
    plain = "".join(f"https://t.me/demo_{n};plain\r\n" for n in range(10_000))
    layout, rows = read(
        b"URL;Note\r\n" + plain.encode() + "https://t.me/demo_x;déjà signalé\r\n".encode("cp1252")
    )
    assert rows[-1].note == "déjà signalé"
    assert layout.encoding == "cp1252"


def test_a_byte_that_does_not_decode_shows_and_is_told(read: Read) -> None:
    good = "".join(f"https://t.me/demo_{n},été Привет\n" for n in range(5_000)).encode()
    _, rows = read(b"URL,Note\n" + good + b"https://t.me/demo_x,caf\xe9 noir\nhttps://t.me/demo_y,fine\n")
    assert len(rows) == 5_002
    assert rows[-2].note == "caf\ufffd noir"
    assert "could not be read" in rows[-2].problems[0]
    assert rows[-1].problems == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system_give_the_same_lines(read: Read, end: str) -> None:
    _, rows = read(f"URL,Note{end}https://t.me/demo_a,one{end}{end}https://t.me/demo_b,two{end}")
    assert [(row.line, row.raw) for row in rows] == [
        (2, "https://t.me/demo_a,one"),
        (4, "https://t.me/demo_b,two"),
    ]


def test_a_quoted_note_over_several_lines_is_one_row_with_its_first_line(read: Read) -> None:
    _, rows = read('URL,Note\r\nhttps://t.me/demo_a,"first\r\nsecond ""line"""\r\nhttps://t.me/demo_b,x\r\n')
    assert [(row.line, row.note) for row in rows] == [(2, 'first\r\nsecond "line"'), (4, "x")]
    assert rows[0].raw == 'https://t.me/demo_a,"first\r\nsecond ""line"""'


def test_a_space_before_a_quote_does_no_harm(read: Read) -> None:
    _, rows = read('URL, Note\nhttps://t.me/demo_a, "one, two"\n')
    assert rows[0].note == "one, two"


@pytest.mark.parametrize("lines", [3, 50, 5_000])
def test_an_unclosed_quote_costs_its_own_line_only(read: Read, lines: int) -> None:
    rest = "".join(f"https://t.me/demo_{n},plain\n" for n in range(lines))
    _, rows = read('URL,Note\nhttps://t.me/demo_x,"never closed\n' + rest)
    assert len(rows) == lines + 1
    assert (rows[0].line, rows[0].url, rows[0].note) == (2, "https://t.me/demo_x", "never closed")
    assert "quotation mark" in rows[0].problems[0]
    assert not any(row.problems for row in rows[1:])
    assert rows[-1].line == lines + 2


def test_an_unclosed_quote_before_a_quoted_note_swallows_nothing(read: Read) -> None:
    _, rows = read(
        'URL,Note\nhttps://t.me/demo_a,"open\nhttps://t.me/demo_b,"proper"\nhttps://t.me/demo_c,x\n'
    )
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b", "https://t.me/demo_c"]
    assert rows[1].note == "proper"


def test_quotes_that_open_on_every_line_lose_no_row(read: Read) -> None:
    # Seen from an open quote, each of these lines closes one and opens the next: the record would never end.
    _, rows = read("URL,Note\n" + 'https://t.me/demo"," x\n' * 20_000)
    assert len(rows) == 20_000


def test_a_quote_inside_a_cell_is_read_and_told(read: Read) -> None:
    _, rows = read('URL,Note\nhttps://t.me/demo_a,"the "best" of"\n')
    assert rows[0].url == "https://t.me/demo_a"
    assert "quotation mark" in rows[0].problems[0]


def test_short_rows_are_filled_and_long_ones_told(read: Read) -> None:
    _, rows = read(
        "URL,Kind,Note\nhttps://t.me/demo_a\nhttps://t.me/demo_b,video,one, two\nhttps://t.me/demo_c,video,x,,\n"
    )
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b", "https://t.me/demo_c"]
    assert rows[0].problems == ()
    assert "4 cells where the header has 3" in rows[1].problems[0]
    assert rows[2].problems == ()


def test_blank_lines_and_rows_of_separators_are_no_rows(read: Read) -> None:
    _, rows = read("\n\nURL;Note\n\n;\n  ; \nhttps://t.me/demo_a;x\n\n")
    assert [(row.line, row.url) for row in rows] == [(7, "https://t.me/demo_a")]


def test_a_list_may_begin_far_down(read: Read) -> None:
    _, rows = read("\n" * 200_000 + "Adresse;Art\nhttps://t.me/demo_a;Kanal\n")
    assert [(row.line, row.url, row.kind) for row in rows] == [(200_002, "https://t.me/demo_a", "channel")]


def test_a_row_without_link_is_handed_on_with_a_sentence(read: Read) -> None:
    _, rows = read("Link;Note\n;forgot the link\n")
    assert (rows[0].url, rows[0].note) == ("", "forgot the link")
    assert "'Link' holds no link" in rows[0].problems[0]


def test_a_header_repeated_between_pages_is_no_row(read: Read) -> None:
    _, rows = read("URL;Note\nhttps://t.me/demo_a;x\nURL;Note\nhttps://t.me/demo_b;y\n\ufeffURL;Note\n")
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b"]


def test_titles_above_the_header_are_passed_over_and_shown(read: Read) -> None:
    layout, rows = read(
        "Liste vom 21.11.2019\nnur für den Dienstgebrauch;;\n\nAdresse;Art;Bemerkung\nhttps://t.me/demo_a;Kanal;x\n"
    )
    assert layout.titles == ["Liste vom 21.11.2019", "nur für den Dienstgebrauch"]
    assert (layout.header_line, rows[0].line, rows[0].kind) == (4, 5, "channel")


def test_a_stray_nul_becomes_visible_and_is_told(read: Read) -> None:
    _, rows = read(b"URL,Note\nhttps://t.me/demo_a,be\0fore\nhttps://t.me/demo_b,x\n")
    assert rows[0].note == "be\u2400fore"
    assert "\0" not in rows[0].raw
    assert "NUL" in rows[0].problems[0]
    assert rows[1].problems == ()


@pytest.mark.parametrize(
    "text",
    ["https://t.me/demo_a\nhttps://t.me/demo_b", "\ufeffhttps://t.me/demo_a\r\n\r\nhttps://t.me/demo_b\r\n"],
)
def test_a_text_file_with_a_link_per_line_needs_no_header(read: Read, text: str) -> None:
    layout, rows = read(text)
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b"]
    assert (layout.header_line, layout.guessed, layout.delimiter) == (None, ("url",), "")


def test_commas_and_semicolons_inside_links_do_not_cut_them(read: Read) -> None:
    links = [
        "https://example.org/a,1234,b.html",
        "https://example.org/b;v=1?x=1,2",
        "https://example.org/c|d",
    ]
    assert urls(read("\n".join(links))[1]) == links
    assert urls(read("URL\n" + "\n".join(links))[1]) == links


def test_bullets_and_numbers_before_links_are_taken_off(read: Read) -> None:
    _, rows = read("Link\n1. https://t.me/demo_a\n- https://t.me/demo_b\n• https://t.me/demo_c\n")
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b", "https://t.me/demo_c"]


def test_the_column_of_links_is_found_without_header(read: Read) -> None:
    layout, rows = read(
        "1;https://t.me/demo_a;seen today\n2;t.me/demo_b;seen twice\n3;hxxps://t[.]me/demo_c;seen again\n"
    )
    assert urls(rows) == ["https://t.me/demo_a", "t.me/demo_b", "hxxps://t[.]me/demo_c"]
    assert layout.header == ["Column 1", "Column 2", "Column 3"]
    assert layout.columns == {"url": "Column 2", "note": "Column 3"}
    assert layout.guessed == ("url", "note")
    assert [row.note for row in rows] == ["seen today", "seen twice", "seen again"]


def test_the_column_of_links_is_found_under_a_header_nobody_knows(read: Read) -> None:
    layout, rows = read("Nr;Kram;Sprache\n1;https://t.me/demo_a;ar\n2;https://t.me/demo_b;fr\n")
    assert layout.columns == {"language": "Sprache", "url": "Kram"}
    assert layout.guessed == ("url",)
    assert [(row.url, row.language) for row in rows] == [
        ("https://t.me/demo_a", "ar"),
        ("https://t.me/demo_b", "fr"),
    ]


def test_a_misspelt_link_under_a_header_nobody_knows_is_a_row(read: Read) -> None:
    layout, rows = read("Kram;Sorte\nhttps//t.me demo;x\nhttps://t.me/demo_b;y\nhttps://t.me/demo_c;z\n")
    assert layout.header == ["Kram", "Sorte"]
    assert urls(rows) == ["https//t.me demo", "https://t.me/demo_b", "https://t.me/demo_c"]


def test_a_misspelt_first_link_is_a_row_and_no_header(read: Read) -> None:
    _, rows = read("htps:/t.me/demo_a\nhttps://t.me/demo_b\nhttps://t.me/demo_c\n")
    assert urls(rows) == ["htps:/t.me/demo_a", "https://t.me/demo_b", "https://t.me/demo_c"]


def test_of_two_columns_that_may_hold_links_the_one_that_does_is_read(read: Read) -> None:
    layout, rows = read(
        "Location,Platform,Link\nBrussels,Telegram,https://t.me/demo_a\nParis,Telegram,https://t.me/demo_b\n"
    )
    assert layout.columns["url"] == "Link"
    assert layout.unrecognised == ["Location"]
    assert layout.columns["platform"] == "Platform"
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b"]


@pytest.mark.parametrize(
    "header",
    [
        "url;KIND;Tier;lang;Media outlet;Listed_Group;Legal ground;found-at;Remarks",
        "Lien;Type de contenu;Priorité;Langue;Organe de presse;Groupe;Base juridique;Date de constatation;Remarques",
        "Internetadresse;Art;Priorität;Sprache;Medienstelle;Gruppe;Rechtsgrundlage;Gefunden am;Bemerkungen",
        "Webadres;Soort;Prioriteit;Taal;Uitgever;Groep;Rechtsgrond;Gevonden op;Opmerkingen",
        "Enlace;Tipo;Prioridad;Idioma;Medio;Grupo;Fundamento jurídico;Fecha;Observaciones",
        "Collegamento;Tipo;Priorità;Lingua;Testata;Gruppo;Base giuridica;Data;Osservazioni",
        "Adres;Rodzaj;Priorytet;Język;Wydawca;Grupa;Podstawa prawna;Data znalezienia;Uwagi",
        "Odkaz;Druh;Naléhavost;Jazyk;Vydavatel;Skupina;Právní základ;Datum nálezu;Poznámka",
        "Hivatkozás;Típus;Prioritás;Nyelv;Kiadó;Csoport;Jogalap;Dátum;Megjegyzés",
        "Adresă;Tip;Prioritate;Limba;Rețea;Grupare;Temei juridic;Dată;Observații",
        "Διεύθυνση;Είδος;Προτεραιότητα;Γλώσσα;Μέσο;Οργάνωση;Νομική βάση;Ημερομηνία;Σημειώσεις",
        "Адрес;Вид;Приоритет;Език;Медия;Организация;Правно основание;Дата;Забележка",
        "Webbadress;Innehållstyp;Prioritet;Språk;Utgivare;Grupp;Rättslig grund;Hittad den;Anmärkning",
        "Webadresse;Indholdstype;Prioritet;Sprog;Udgiver;Gruppe;Retsgrundlag;Dato;Bemærkninger",
        "Osoite;Tyyppi;Kiireellisyys;Kieli;Julkaisija;Ryhmä;Oikeusperusta;Päivämäärä;Huomautukset",
        "Endereço;Tipo de conteúdo;Prioridade;Língua;Editora;Organização;Base jurídica;Data;Observações",
        "Poveznica;Vrsta;Hitnost;Jezik;Izdavač;Skupina;Pravna osnova;Datum pronalaska;Napomena",
        "Spletni naslov;Vrsta vsebine;Nujnost;Jezik;Založnik;Skupina;Pravna podlaga;Datum;Opombe",
        "Webová adresa;Druh obsahu;Naliehavosť;Jazyk;Vydavateľ;Skupina;Právny základ;Dátum nájdenia;Poznámky",
        "Nuoroda;Rūšis;Skubumas;Kalba;Leidėjas;Grupė;Teisinis pagrindas;Data;Pastabos",
        "Saite;Veids;Prioritāte;Valoda;Izdevējs;Grupējums;Juridiskais pamats;Datums;Piezīmes",
        "Veebiaadress;Liik;Kiireloomulisus;Keel;Väljaandja;Rühmitus;Õiguslik alus;Kuupäev;Märkused",
        "Lenke;Innholdstype;Hastegrad;Språk;Utgiver;Terrorgruppe;Rettslig grunnlag;Dato;Merknader",
        "Линк;Врста;Хитност;Језик;Издавач;Група;Правни основ;Датум;Напомена",
        "Ссылка;Тип контента;Срочность;Язык;Издатель;Группировка;Правовое основание;Дата обнаружения;Примечание",
        "Посилання;Тип вмісту;Терміновість;Мова;Видавець;Угруповання;Правова підстава;Дата виявлення;Примітка",
        "Bağlantı;Tür;Öncelik;Dil;Yayıncı;Örgüt;Hukuki dayanak;Tarih;Açıklama",
        "الرابط;النوع;الأولوية;اللغة;الناشر;الجماعة;الأساس القانوني;التاريخ;ملاحظات",
        "LIEN ;type  de contenu;PRIORITE;langue:;organe de presse;groupe;base  juridique;date de constatation;remarques *",
    ],
)
def test_headers_are_understood_in_every_language_read(read: Read, header: str) -> None:
    layout, rows = read(header + "\nhttps://t.me/demo_a;video;2;ar;Amber;Example;incites;21.11.2019;x\n")
    assert layout.unrecognised == []
    row = rows[0]
    assert (row.url, row.kind, row.tier, row.language) == ("https://t.me/demo_a", "video", 2, "ar")
    assert (row.outlet, row.listed_group, row.ground, row.note) == ("Amber", "Example", "incites", "x")
    assert row.found_at == datetime(2019, 11, 20, 23, 0, tzinfo=UTC)


def test_a_person_can_say_which_column_is_which(read: Read, refused: Refused) -> None:
    text = "A;B;Note\nhttps://t.me/demo_a;Amber;https://t.me/other\n"
    layout, rows = read(text, mapping={"url": "Note", "outlet": "b", "note": ""})
    assert (rows[0].url, rows[0].outlet, rows[0].note) == ("https://t.me/other", "Amber", "")
    assert layout.columns == {"url": "Note", "outlet": "B"}
    wrong = refused(text, mapping={"url": "C"})
    assert (wrong.code, wrong.headers) == ("mapping", ["A", "B", "Note"])
    assert refused(text, mapping={"link": "A"}).code == "mapping"


def test_columns_without_header_can_be_named_by_number(read: Read) -> None:
    _, rows = read(
        "https://t.me/demo_a;Amber\nhttps://t.me/demo_b;Quay\n",
        mapping={"url": "Column 1", "outlet": "Column 2"},
    )
    assert [(row.url, row.outlet) for row in rows] == [
        ("https://t.me/demo_a", "Amber"),
        ("https://t.me/demo_b", "Quay"),
    ]


def test_cells_that_cannot_be_read_are_told_and_the_rest_is_kept(read: Read) -> None:
    _, rows = read("URL,Kind,Tier,Language,Date\nhttps://t.me/demo_a,Leaflet,sometime,Klingon,soon\n")
    row = rows[0]
    assert (row.url, row.kind, row.tier, row.language, row.found_at) == (
        "https://t.me/demo_a",
        "leaflet",
        None,
        "",
        None,
    )
    assert len(row.problems) == 4
    assert row.problems[1] == "Priority 'sometime' is not a number from 1 to 5; left empty."


def test_a_dash_says_nothing_and_is_no_problem(read: Read) -> None:
    _, rows = read("URL,Kind,Tier,Language,Date\nhttps://t.me/demo_a,-,n/a,?,\u2013\n")
    assert rows[0] == HandedInRow(2, "https://t.me/demo_a,-,n/a,?,\u2013", "https://t.me/demo_a")


def test_our_own_guard_comes_off_again(read: Read) -> None:
    _, rows = read(
        "URL,Outlet,Note\nhttps://t.me/demo_a,'@demo_a,'=1+1\nhttps://t.me/demo_b,'s-Hertogenbosch,'tis\n"
    )
    assert [(row.outlet, row.note) for row in rows] == [("@demo_a", "=1+1"), ("'s-Hertogenbosch", "'tis")]


def test_signs_without_width_around_a_link_are_taken_off(read: Read) -> None:
    _, rows = read("URL\n\u200bhttps://t.me/demo_a\u00a0\nhttps://t.me/demo_b\0\0\n")
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b"]


def test_an_endless_line_is_cut_told_and_survived(read: Read) -> None:
    _, rows = read("URL,Note\nhttps://t.me/demo_a," + "x" * 3_000_000 + "\nhttps://t.me/demo_b,y\n")
    assert urls(rows) == ["https://t.me/demo_a", "https://t.me/demo_b"]
    assert rows[0].raw.endswith("…")
    assert "longer than" in rows[0].problems[0]
    assert rows[1].line == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"\0\0\0\0", "not_text"),
        (b"Name;Bemerkung\nAnna;x\n", "no_url_column"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\x02\x03\x04\x05" * 20, "not_text"),
        (b"%PDF-1.7\n", "unsupported_format"),
        (b"\x89PNG\r\n\x1a\n", "unsupported_format"),
        (b"<html><body><table><tr><td>https://t.me/demo_a", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "legacy_workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "encrypted_workbook",
        ),
        (b";".join(b"h%d" % n for n in range(300)) + b"\n" + b";".join([b"x"] * 300), "too_wide"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    refused: Refused, content: bytes, code: str
) -> None:
    error = refused(content)
    assert error.code == code
    assert error.message.endswith(".")


def test_the_refusal_names_the_headers_seen_and_those_understood(refused: Refused) -> None:
    error = refused("Name;Bemerkung\nAnna;x\n")
    assert error.headers == ["Name", "Bemerkung"]
    assert "Name, Bemerkung" in error.message
    assert "Link" in error.message


def test_progress_reaches_the_size_and_memory_stays_small(zone: ZoneInfo) -> None:
    class Endless(io.RawIOBase):
        """A stream of a hundred megabytes that is never in memory."""

        left = 100 << 20

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:  # type: ignore[override]
            assert 0 < size <= 1 << 20, "the reader asks for the whole file"
            block = b"https://t.me/demo_channel_0000/1,video,a note of usual length\n" * (size // 62 or 1)
            self.left -= len(block)
            return block if self.left > 0 else b""

    table = open_table(Endless(), "list.csv", zone=zone)  # type: ignore[arg-type]
    rows = table.rows()
    for _, _row in zip(range(5_000), rows, strict=False):
        pass
    assert table.size is None
    assert 0 < table.bytes_read < 2 << 20

    content = b"URL\n" + b"https://t.me/demo_a\n" * 20_000
    whole = open_table(io.BytesIO(content), "list.csv", zone=zone)
    assert sum(1 for _ in whole.rows()) == 20_000
    assert whole.bytes_read == whole.size == len(content)


def test_rows_can_be_asked_for_once(zone: ZoneInfo) -> None:
    table = open_table(io.BytesIO(b"URL\nhttps://t.me/demo_a\n"), "list.csv", zone=zone)
    list(table.rows())
    with pytest.raises(RuntimeError):
        table.rows()
