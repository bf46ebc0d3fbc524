"""A list such as an officer's, of any length: invented, deterministic, six platforms, some repetitions and errors."""

from __future__ import annotations

import random
from pathlib import Path

HEADER = "URL,Kind,Tier,Language,Outlet,Note\n"


def write_list(path: Path, rows: int, seed: int = 2019) -> None:
    """Write a CSV of ``rows`` rows: 1.5 % repeat an item in another spelling, 0.3 % are no address."""
    dice = random.Random(seed)
    outlets = [f"Invented outlet {number}" for number in range(40)]
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        for number in range(rows):
            chance = dice.random()
            if chance < 0.003:
                url, kind = f"see attachment {number}", ""
            elif chance < 0.018 and number:
                url, kind = (
                    f"https://telegram.me/DEMO_{dice.randrange(number) * 7 // 10 * 10 // 7}",
                    "channel",
                )
            else:
                url, kind = _address(number)
            note = f'"found, {number % 24} h"' if number % 5 == 0 else ""
            out.write(f"{url},{kind},{1 + number % 5},ar,{outlets[number % 40]},{note}\n")


def _address(number: int) -> tuple[str, str]:
    code = f"{number:07x}"
    match number % 10:
        case 0 | 1 | 2 | 3:
            return f"https://t.me/demo_{number}", "channel"
        case 4:
            return f"https://t.me/demo_channel_{number % 900}/{number}?single", "post"
        case 5 | 6:
            return f"https://www.youtube.com/watch?v=demo{code}&t=3s", "video"
        case 7:
            return f"https://twitter.com/demo_person/status/{10**17 + number}?s=20", "post"
        case 8:
            return f"https://drive.google.com/file/d/demoDEMOdemoDEMOdemo{code}/view?usp=sharing", "document"
        case _:
            return f"https://www.facebook.com/demo.page/posts/{10**14 + number}", "post"
