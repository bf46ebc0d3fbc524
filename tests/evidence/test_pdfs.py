"""What a PDF does by itself: said of those that do, not of those that merely begin on a page or have links, and found soon."""

from __future__ import annotations

import tempfile
import time
import zlib

import pytest

from takedowns.evidence.pdfs import does_by_itself

PACKED = zlib.compress(b"1 0 <</AA<</O<</S/Launch/F(calc.exe)>>>>>>")
OBJECTS = b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\r\n%s\r\nendstream"


def does(content: bytes) -> list[str]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"%PDF-1.7\n" + content)
        file.flush()
        return does_by_itself(file.file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"1 0 obj<</OpenAction 2 0 R>>\n2 0 obj<</S /JavaScript /JS (app.alert(1))>>", ["script"]),
        (b"<</Names<</JavaScript 3 0 R>>>>", ["script"]),
        (b"<</Names<</J#61vaScript 3 0 R>>>>", ["script"]),
        (b"<</OpenAction<</S/Launch/F(a.exe)>>>>", ["program"]),
        (b"<</AA<</O<</S/SubmitForm/F(https://a.example)>>>>>>", ["sends"]),
        (b"<</OpenAction<</S/GoToE/F(b.pdf)>>>>", ["opens"]),
        (OBJECTS % (len(PACKED), PACKED), ["program"]),
        (b"trailer<</Encrypt 3 0 R>>", ["hidden"]),
        (b"<</Type/ObjStm/Filter[/ASCII85Decode/FlateDecode]>>stream\nabc\nendstream", ["hidden"]),
    ],
)
def test_what_acts_is_named(content: bytes, told: list[str]) -> None:
    assert does(content) == told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<</OpenAction [3 0 R /Fit]>><</S/URI/URI(https://a.example)>>",  # begins on a page; has links
        b"<</A<</S/JavaScript/JS(x)>>>>",  # a button, which somebody presses
        b"<</Length 20>>stream\n/OpenAction /JavaScript /Launch\nendstream",  # in a picture
        b"(the word JavaScript and OpenAction)",
    ],
)
def test_what_does_not_act_is_not(content: bytes) -> None:
    assert does(content) == []


@pytest.mark.parametrize(
    "content",
    [
        b"stream" * 5_000_000,
        b"/AA" * 15_000_000,
        b"<</Type/ObjStm>>streamendstream" * 1_000_000,
        OBJECTS % (0, zlib.compress(b"/AA " * 20_000_000)),
    ],
    ids=["no end", "names", "streams", "bomb"],
)
def test_what_is_made_to_be_slow_is_soon_done(content: bytes) -> None:
    began = time.process_time()
    does(content)
    assert time.process_time() - began < 5
