"""What reading a list says, in the reader's language.

The readers know no Django, and their sentences are kept with the rows, so both speak English. Each sentence stands here once
more with its gaps, to be recognised when it is shown, and is then said in the language of the page.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from takedowns.referrals.vocabulary import Status

#: Sentences with gaps in braces; the first that fits is meant, so the longer of two alike stands in front.
TEMPLATES: Final = (
    _("Kind '{found}' is not a kind known here (video, document, account, channel, ...); kept as written."),
    _("Priority '{found}' is not a number from 1 to 5; left empty."),
    _("Language '{found}' is not an ISO 639-1 code or the name of a language known here; left empty."),
    _("Listed group '{found}' is not one of the listed groups; kept as written."),
    _(
        "Time '{found}' in {field} is not a date that is understood (such as 2019-11-21 14:05 or 21.11.2019 14:05); left empty."
    ),
    _("Time '{found}' in {field} is not between {first} and {last}; left empty."),
    _("The column '{column}' holds no link on this row; enter one or delete the row."),
    _(
        "The row has {cells} cells where the header has {width}; '{extra}' was not read. A cell that contains the separator must stand in quotation marks."
    ),
    _(
        "The row contains a character that could not be read, shown as {mark}; correct it and submit it again."
    ),
    _("The row contains a NUL, shown as {mark}; the file may be damaged there."),
    _("The line is longer than {most} characters; what follows was not read."),
    _("A quotation mark on this line is not closed as it should be; the line was read on its own."),
    _("A quotation mark stands in the middle of a cell; the cells were read as far as possible."),
    _("The same item as in line {line} of sheet {sheet}."),
    _("The same item as in line {line}."),
    _("The cell shows {text} and leads to {target}; say which of the two is meant."),
    _(
        "Time '{found}' in {field} may begin with the day or with the month, and no date of the column decides it; left empty."
    ),
    _(
        "Time '{found}' in {field} names a month that Croatian and Polish or Czech call alike, and nothing says which is meant; left empty."
    ),
    _(
        "Time '{found}' in {field} ends in a time zone that is not known here or that several places use (write UTC+2); left empty."
    ),
    _("The same item as before on this line."),
    _("The platform column says {said}, the address is one of {found}; the address counts."),
    _("Recorded. There is a hold on it, so it will not be referred until the hold ends."),
    _("Already submitted by your agency on {at} UTC; it is {status}."),
    _("Already submitted by another agency on {at} UTC; it is {status}."),
    _("Already submitted by {agency} on {at} UTC; it is {status}."),
    _("{host} is no platform known here. The row is kept; an administrator can declare the host."),
    _("Leads through {way}, which was taken off."),
    _("Written as it is."),
    _("Left out in the preview."),
    _("Left out in the preview: the workbook hides this row."),
    _("Left out in the preview: its platform takes no part in the operation."),
    _(
        "{file} is a document in the format of Office 97 to 2003; save the list as XLSX, ODS or CSV (UTF-8) and submit that."
    ),
    _(
        "{file} is a compressed file ({format}), which is not read; save the list as XLSX, ODS or CSV (UTF-8) and submit that."
    ),
    _("{file} is a picture, which is not read; save the list as XLSX, ODS or CSV (UTF-8) and submit that."),
    _("{file} is a PDF, which is not read; save the list as XLSX, ODS or CSV (UTF-8) and submit that."),
    _("{file} is an RTF text, which is not read; save the list as XLSX, ODS or CSV (UTF-8) and submit that."),
    _(
        "{file} is a web page or XML, whatever its name says, which is not read; save the list as XLSX, ODS or CSV (UTF-8) and submit that."
    ),
    _("{file} is protected by a password; remove the password and submit it again."),
    _("{file} has no sheet with anything in it; there is nothing to read."),
    _(
        "{file} is too large to be opened: a workbook of at most {most} MB is read, and none with a filled cell far below or to the right of the list. Save the list alone as a workbook, or as CSV, which has no limit."
    ),
    _("{file} is damaged and cannot be opened; save it again, or as CSV."),
    _("{file} is empty; there is nothing to read."),
    _("{file} is not a text or a workbook that can be read; save the list as CSV (UTF-8), XLSX or ODS."),
    _("A row has {number} columns; at most {most} are read. Check that it is the right file."),
    _("There is no field '{field}'; the fields are {fields}."),
    _("The columns asked for ({wanted}) were not found. No header was seen."),
    _("The columns asked for ({wanted}) were not found. Seen as headers: {headers}."),
    _(
        "No column with links was found. No header was seen. The column of the links may be called URL, Link, Address, Lien, Adresse, Webadres, Enlace or Indirizzo, among others; rename it, or say which column it is."
    ),
    _(
        "No column with links was found. Seen as headers: {headers}. The column of the links may be called URL, Link, Address, Lien, Adresse, Webadres, Enlace or Indirizzo, among others; rename it, or say which column it is."
    ),
)


#: Words of sentences that are kept with rows from before, and what they are called since.
_FORMERLY: Final = (
    ("Already handed in by ", "Already submitted by "),
    ("hand it in again", "submit it again"),
    ("and hand that in.", "and submit that."),
)

#: The header of a column that has none (readers.plan).
_MADE_UP: Final = re.compile(r"Column ([0-9]+)")


def spoken(sentence: str) -> str:
    """Return an English sentence of identity's or the readers' in the language of the page; one that is unknown as it is."""
    for before, since in _FORMERLY:
        sentence = sentence.replace(before, since)
    if (get_language() or "en").startswith("en"):
        return sentence
    for template, pattern in _patterns():
        if found := pattern.fullmatch(sentence):
            said = found.groupdict()
            if "status" in said:
                said["status"] = str(Status(said["status"].replace(" ", "_")).label)
            return gettext(template).format(**said)
    # The sentences of ``identity`` have no gaps; their catalogue entries are taken from its tables.
    return gettext(sentence) if sentence else ""


def header_of(header: str) -> str:
    """Return a column's header as written; one that the readers made up ("Column 3"), in the language of the page."""
    found = _MADE_UP.fullmatch(header)
    return gettext("Column %(number)s") % {"number": found[1]} if found else header


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return each sentence with what recognises it."""
    gaps = re.compile(r"\\\{(\w+)\\\}")
    return tuple(
        (template, re.compile(gaps.sub(r"(?P<\1>.+?)", re.escape(template)), re.DOTALL))
        for template in TEMPLATES
    )
