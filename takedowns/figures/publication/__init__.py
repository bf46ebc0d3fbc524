"""Figures for publication: no small number in them, and none that can be worked out from them.

Read :mod:`takedowns.figures.publication.partition` for why that holds.
"""

from takedowns.figures.publication.publish import OTHERS, RULE, line_name, publish

__all__ = ["OTHERS", "RULE", "line_name", "publish"]
