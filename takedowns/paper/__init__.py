"""Paper: a typst template and content become a PDF. Plain Python; who knows what is printed lives above."""

from takedowns.paper.typesetting import typeset

__all__ = ["typeset"]
