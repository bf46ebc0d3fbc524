"""The lifecycle as a picture and a table for docs/architecture.md, made from the table itself."""

from __future__ import annotations

from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.vocabulary import OPEN, Status

BEGIN = "<!-- lifecycle: made by `manage.py describe_lifecycle`; do not edit by hand -->"
END = "<!-- end of lifecycle -->"


def diagram() -> str:
    """Return a Mermaid state diagram: GitHub and most viewers draw it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for transition in TRANSITIONS.values():
        if transition.enters is None:  # a correction leads wherever the right answer does; the table says so
            continue
        for source in transition.leaves or ("[*]",):
            arrows.setdefault((str(source), str(transition.enters)), []).append(transition.name)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in arrows.items()]
    lines += [f"    {status} --> [*]" for status in Status if status not in OPEN]
    return "\n".join([*lines, "```"])


def table() -> str:
    """Return the transitions as a Markdown table."""
    lines = ["| transition | leaves | enters | who | needs | what it means |", "|---|---|---|---|---|---|"]
    for transition in TRANSITIONS.values():
        remarks = [transition.describes]
        if transition.four_eyes:
            remarks.append("Not by whoever submitted it.")
        if transition.refused_on_hold:
            remarks.append("Refused while there is a hold.")
        cells = (
            f"`{transition.name}`",
            ", ".join(transition.leaves) or "–",
            transition.enters or f"one of: {', '.join(transition.may_enter)}",
            ", ".join(sorted(transition.roles)),
            ", ".join(f"`{fact}`" for fact in transition.requires) or "–",
            " ".join(remarks),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def refresh(document: str) -> str:
    """Return a document with what stands between the two marks made anew.

    Raises:
        ValueError: a mark is missing.
    """
    before, mark, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError("The document lacks the marks of the lifecycle.")
    return f"{before}{BEGIN}\n\n{diagram()}\n\n{table()}\n\n{END}{after}"
