"""How long identify() takes: ``python -m benchmarks.identity [corpus folder]``.

Prints microseconds for each URL, the item's UUID included, beside can_ada's bare parse of the same URLs, and
the slowest of a set of hostile texts of up to 5 MB. The URLs are those of the corpus beside the project, or,
where it is missing, the golden list of the tests.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import can_ada

from takedowns.identity import Identity, extract, identify

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
MEGABYTES_5 = 5_000_000


def urls(folder: Path) -> tuple[str, list[str]]:
    """Name and URLs of what is measured."""
    source = folder / "identify.tsv"
    if not source.is_file():
        source = ROOT / "tests" / "identity" / "golden.tsv"
    lines = source.read_text(encoding="utf-8").splitlines()[1:]
    return source.name, [line.split("\t")[0] for line in lines]


def microseconds(work: Callable[[str], object], texts: list[str]) -> float:
    """Best of several rounds, as microseconds for one text."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for text in texts:
            work(text)
        best = min(best, time.perf_counter() - start)
    return best / len(texts) * 1e6


def hostile() -> Iterable[tuple[str, str]]:
    """Texts that make careless parsers slow, at the longest length that is read and at 5 MB."""
    patterns = {
        "labels": ("https://", "a."),
        "segments": ("https://t.me/", "a/"),
        "escapes": ("https://t.me/", "%25"),
        "brackets": ("http://", "["),
        "parameters": ("https://www.youtube.com/watch?", "a=1&"),
        "wrappers": ("", "https://l.facebook.com/l.php?u="),
        "escaped wrappers": ("https://l.facebook.com/l.php?u=", "https%3A%2F%2Ft.me%2F"),
        "dots": ("", ". "),
        "fangs": ("", "[.]"),
        "words": ("", "t.me/a "),
        "unknown hosts": ("", "a.example/b "),
        "digits": ("https://x.com/i/status/", "1"),
        "letters": ("", "a"),
        "spaces": ("", " "),
        "zero width": ("", "\u200b"),
        "quotes": ("", '"'),
        "idn": ("https://", "ü."),
        "hyphens": ("https://medium.com/@a/", "a-"),
        "stars": ("https://disk.yandex.com/d/abcdefgh/", "*/"),
        "fragment": ("https://mega.nz/#", "F!"),
        "wordpress": ("https://a.wordpress.com/", "feed/"),
        "underscores": ("https://t.me/", "a_"),
    }
    for name, (head, body) in patterns.items():
        for length in (4_000, 16_384, MEGABYTES_5):
            yield f"{name}, {length:,} characters", (head + body * (length // len(body)))[:length]


def slowest() -> tuple[float, str]:
    """Milliseconds and name of the slowest hostile text, best of three runs each."""
    worst = (0.0, "")
    for name, text in hostile():
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            identify(text)
            best = min(best, time.perf_counter() - start)
        worst = max(worst, (best * 1e3, name))
    return worst


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "corpus"
    name, texts = urls(folder)
    parseable = [text for text in texts if can_ada.can_parse(text)]
    items = [text for text in texts if isinstance(identify(text), Identity)]
    print(f"{name}: {len(texts)} texts, {len(items)} of them items")
    print(f"identify(), UUID included   {microseconds(identify, texts):7.2f} µs a text")
    print(f"identify(), items only      {microseconds(identify, items):7.2f} µs an item")
    print(f"can_ada.parse, bare         {microseconds(can_ada.parse, parseable):7.2f} µs a URL")
    milliseconds, which = slowest()
    print(f"slowest hostile text        {milliseconds:7.2f} ms ({which})")
    mail = "\n".join(texts) * 20
    start = time.perf_counter()
    found = extract(mail)
    took = time.perf_counter() - start
    print(
        f"extract(), {len(mail) / 1e6:.1f} MB of text   {took / len(found) * 1e6:7.2f} µs for each of {len(found)} addresses"
    )


if __name__ == "__main__":
    main()
