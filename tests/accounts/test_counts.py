"""What signing in counts is kept in plain columns: no object that a process would unpack, and nothing that others push out."""

from __future__ import annotations

import ast
import base64
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

PRODUCT = Path(__file__).parent.parent.parent / "takedowns"


class _Planted:
    """Runs a command where it is unpacked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_a_row_that_somebody_plants_runs_nothing(db: None, tmp_path: Path) -> None:
    cache.set("tries", [1.0], 60)
    planted = base64.b64encode(pickle.dumps(_Planted(tmp_path / "ran"))).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'accounts_cache'"
            " AND data_type IN ('text', 'character varying', 'bytea', 'json', 'jsonb')"
        )
        for (column,) in cursor.fetchall():
            cursor.execute(f"UPDATE accounts_cache SET {column} = %s WHERE {column} <> ''", [planted])
    cache.get("tries")
    assert not (tmp_path / "ran").exists()


def test_nothing_of_the_product_unpacks_objects() -> None:
    named = {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib"}
    found = []
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}: {name}" for name in modules if name.split(".")[0] in named]
    assert found == []
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"


def test_what_is_kept_is_a_mark_or_moments(db: None) -> None:
    cache.set("mark", True, 60)
    cache.set("tries", [1.5, 2.5], 60)
    cache.set("none", [], 60)
    assert (cache.get("mark"), cache.get("tries"), cache.get("none", "-")) == (True, [1.5, 2.5], [])
    for value in ({"a": 1}, "text", object(), [object()], False):
        with pytest.raises(TypeError):
            cache.set("other", value, 60)
    assert cache.get("other", "nothing") == "nothing"


def test_what_has_expired_is_not_there(db: None) -> None:
    cache.set("mark", True, 0)
    assert cache.get("mark") is None
    assert cache.add("mark", True, 60)
    assert not cache.add("mark", True, 60)
    assert cache.touch("mark", 0)
    assert not cache.touch("mark", 60)
    assert cache.delete("mark")
    assert not cache.delete("mark")


def test_many_tries_of_others_push_out_nobodys(db: None) -> None:
    cache.set("a", [1.0], 600)
    for number in range(400):
        cache.set(f"other{number}", [1.0], 600)
    assert cache.get("a") == [1.0]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_at_once_one_is_told_yes() -> None:
    def add(_: int) -> bool:
        try:
            return bool(cache.add("code", True, 60))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(add, range(6))) == 1
