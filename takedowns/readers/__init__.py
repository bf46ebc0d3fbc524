"""From what an officer hands in (CSV, XLSX, ODS, a pasted list) to a stream of rows in our own words."""

from takedowns.readers.cells import SENTENCES_OF_WORDS, word_key
from takedowns.readers.dates import read_both_ways
from takedowns.readers.hashes import MediaHashes, read_hashes
from takedowns.readers.mail import is_mail, without_the_rest
from takedowns.readers.model import (
    COLUMN_FIELDS,
    FIELDS,
    HASH_FIELDS,
    ROW_FIELDS,
    Choices,
    HandedInRow,
    Layout,
    ReaderError,
)
from takedowns.readers.named import NamedRow
from takedowns.readers.pasted import open_pasted
from takedowns.readers.table import Table, open_named, open_table
from takedowns.readers.vocabulary import Vocabulary, vocabulary_of

__all__ = [
    "COLUMN_FIELDS",
    "FIELDS",
    "HASH_FIELDS",
    "ROW_FIELDS",
    "SENTENCES_OF_WORDS",
    "Choices",
    "HandedInRow",
    "Layout",
    "MediaHashes",
    "NamedRow",
    "ReaderError",
    "Table",
    "Vocabulary",
    "is_mail",
    "open_named",
    "open_pasted",
    "open_table",
    "read_both_ways",
    "read_hashes",
    "vocabulary_of",
    "without_the_rest",
    "word_key",
]
