"""Bytes to text, whatever the header claims."""

import codecs
from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.html.decoding import decode

PRINTED = "Whangārei’s “yes” – no… © 2025, naïve café"
LATIN = "It’s “yes” – no… © 2025, naïve café"
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/html",
        "text/html; charset=utf-8",
        "text/html; charset=ISO-8859-1",
        "text/html; charset=windows-1252",
        "text/html; charset=shift_jis",
        "text/html; charset=no-such-charset",
        "junk",
    ],
)
def test_utf_8_is_believed_whatever_the_header_says(content_type: str) -> None:
    assert decode(PRINTED.encode(), content_type) == PRINTED


@pytest.mark.parametrize(
    "content_type", ["", "text/html; charset=utf-8", "text/html; charset=iso-8859-1", "us-ascii"]
)
def test_cp1252_is_read_whatever_the_header_says(content_type: str) -> None:
    assert decode(LATIN.encode("cp1252"), content_type) == LATIN


def test_a_mixture_of_both_is_read_byte_by_byte() -> None:
    mixed = PRINTED.encode() + b"|" + LATIN.encode("cp1252") + b"|" + PRINTED.encode()

    assert decode(mixed, "text/html; charset=utf-8") == f"{PRINTED}|{LATIN}|{PRINTED}"


def test_a_charset_of_another_family_is_believed() -> None:
    russian = "Привет, Окленд"

    assert decode(russian.encode("cp1251"), "text/html; charset=windows-1251") == russian
    assert decode((META.format("koi8-r") + russian).encode("koi8-r")).endswith(russian)


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_decides(bom: bytes, encoding: str) -> None:
    assert decode(bom + PRINTED.encode(encoding), "text/html; charset=iso-8859-1") == PRINTED


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_one(encoding: str) -> None:
    assert decode(f"<p>{PRINTED}</p>".encode(encoding)) == f"<p>{PRINTED}</p>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_character_that_the_cut_went_through_is_dropped(encoding: str) -> None:
    whole = "Whangārei ā".encode(encoding)

    assert decode(whole[:-1]).rstrip("�") == "Whangārei "


def test_nul_bytes_are_dropped() -> None:
    assert decode(b"a\0b\0\0c") == "abc"


def test_quotes_that_were_taken_for_latin_1_are_quotes() -> None:
    twice = "It’s “so”".encode("cp1252").decode("latin-1").encode()

    assert decode(twice) == "It’s “so”"


def test_no_charset_that_a_header_may_name_is_too_much() -> None:
    for charset in {*aliases, "unicode_escape", "undefined", "idna"}:
        body = b"\x92\xff\\ud800\\q +2AA-" + META.format(charset).encode()

        decode(body, f"text/html; charset={charset}").encode()
        decode(body).encode()


@given(st.text().filter(lambda text: "\0" not in text and "\ufeff" not in text[:1]))
def test_text_comes_back_from_utf_8(text: str) -> None:
    # Quotes and dashes of cp1252 are read as such; nobody prints control characters.
    printed = "".join(char for char in text if not "\x80" <= char <= "\x9f")

    assert decode(printed.encode()) == printed


@given(st.text(st.characters(codec="cp1252", exclude_characters="\0"), min_size=1))
def test_text_comes_back_from_cp1252_unless_it_could_be_utf_8(text: str) -> None:
    body = f"’{text}".encode("cp1252")
    is_mixed = any(
        body[start:stop].decode("utf-8", "ignore")
        for start in range(len(body))
        for stop in range(start + 2, start + 5)
        if body[start] >= 0x80
    )

    if not is_mixed:
        assert decode(body) == f"’{text}"


@given(st.binary(), st.text())
def test_no_bytes_are_too_much(body: bytes, content_type: str) -> None:
    decode(body, content_type).encode()
