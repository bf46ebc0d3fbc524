"""What two regulations want counted for a calendar year, from the events alone.

Regulation (EU) 2021/784: Art. 8(1) for an authority, Art. 21(1) for a Member State. Regulation (EU) 2022/2065 (Digital
Services Act): Art. 22(3) for a trusted flagger. A referral is voluntary and stays out of the first two; a removal order
is no notice and stays out of the third.
"""

from __future__ import annotations

from takedowns.figures.regulation.notices import dsa22
from takedowns.figures.regulation.orders import art8, art21
from takedowns.figures.regulation.shapes import NOT_RECORDED, Figure, Return, Table

__all__ = ["NOT_RECORDED", "Figure", "Return", "Table", "art8", "art21", "dsa22"]
