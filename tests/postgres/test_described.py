"""What docs/access.md says of tables and functions is what the server lets each part do."""

from __future__ import annotations

import re

from django.conf import settings

from takedowns.postgres.grants import roles_of_parts
from tests.postgres import described
from tests.postgres.test_parts import LETTERS, ask

DOCUMENT = settings.BASE_DIR / "docs" / "access.md"


def test_the_document_shows_what_the_lists_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8").endswith(described.document()), "PIN_ACCESS=1 writes it anew"


def test_the_server_lets_each_part_call_what_the_document_says(db: None) -> None:
    told = {(one.name, one.is_definer) for one in described.functions()}
    found = ask(
        "SELECT DISTINCT proname, prosecdef FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname ~ '^takedowns_'"
    )
    assert told == {*found}
    for part, role in roles_of_parts().items():
        called = ask(
            "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND proname ~ '^takedowns_' AND has_function_privilege(%s, oid, 'EXECUTE')",
            role,
        )
        assert {name for (name,) in called} == {
            one.name for one in described.functions() if one.called_by(part)
        }, part


def test_the_server_lets_each_part_do_to_a_table_what_the_document_says(db: None) -> None:
    # The cells of the document itself, so that it is not the same list that is asked twice.
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \|$", described.document().split("## Functions")[0], re.MULTILINE
    )
    cells = {name: dict(zip(described.NAMES, rest.split(" | "), strict=False)) for name, rest in rows}
    assert len(cells) > 100
    for part, role in roles_of_parts().items():
        for table, told in cells.items():
            letters = {LETTERS[right] for right in LETTERS if _may(role, table, right)}
            said = set(re.match(r"[SIUD]*", told[part])[0])  # type: ignore[index] # matches always
            assert letters == said, (part, table)


def _may(role: str, table: str, right: str) -> bool:
    on = "has_any_column_privilege" if right != "DELETE" else "has_table_privilege"
    return bool(ask(f"SELECT {on}(%s, %s, %s)", role, f"public.{table}", right)[0][0])
