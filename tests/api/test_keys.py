"""Keys: made by an administrator, shown once, limited, rotated with overlap, revoked."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from takedowns.directory import keys
from takedowns.directory.models import Agency, ApiKey, Platform
from tests.api.conftest import Program, World


def _create(**options: Any) -> tuple[ApiKey, Program]:
    key, text = keys.create(name="program", platform=Platform.objects.get(pk="telegram"), **options)
    return key, Program(text)


def test_an_administrator_makes_a_key_that_works_at_once(world: World) -> None:
    out, err = StringIO(), StringIO()
    call_command(
        "create_api_key", "--platform", "telegram", "--name", "Trust and safety", stdout=out, stderr=err
    )
    text = out.getvalue().strip()
    assert Program(text).get("key").json()["name"] == "Trust and safety"
    key = ApiKey.objects.get(name="Trust and safety")
    secret = text.split("_", 2)[2]
    assert key.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert len(secret) >= 43
    assert secret not in err.getvalue()
    call_command("revoke_api_key", key.prefix, stdout=out)
    assert "revoked" in Program(text).get("key").json()["detail"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--platform", "nowhere"], "telegram"),
        (["--platform", "telegram", "--scope", "submissions:write"], "decisions:write"),
        (["--agency", "north", "--address", "300.1.1.1"], "no address"),
        (["--agency", "north", "--days", "0"], "expired"),
        (["--agency", "north", "--requests-per-minute", "0"], "at least one"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_with_what_would(
    options: list[str], says: str, world: World
) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("create_api_key", "--name", "x", *options)


def test_an_expired_or_half_known_key_is_refused(world: World) -> None:
    key, program = _create(expires_at=timezone.now() + timedelta(hours=1))
    assert program.get("key").status_code == 200
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    assert "expired" in program.get("key").json()["detail"]
    for text in (program.text[:-1], f"tkd_{key.prefix}_", f"tkd_{key.prefix}", "tkd__x", "x", "tkd_ü_x", ""):
        assert Program(text).get("key").status_code == 401


def test_an_administrator_sees_whose_keys_work_and_when_they_were_used(world: World) -> None:
    used, program = _create(addresses=["127.0.0.0/8"])
    ended, _ = _create()
    program.get("key")
    call_command("revoke_api_key", ended.prefix, stdout=StringIO())
    listed, everything = StringIO(), StringIO()
    call_command("list_api_keys", stdout=listed)
    call_command("list_api_keys", "--all", stdout=everything)
    [block] = [one for one in listed.getvalue().split("program (") if used.prefix in one]
    assert "Telegram" in block
    assert "decisions:write" in block
    assert "from: 127.0.0.0/8" in block
    assert f"last used {timezone.now():%Y-%m-%d}" in block
    assert ended.prefix not in listed.getvalue()
    assert ended.prefix in everything.getvalue()
    assert "revoked" in everything.getvalue()
    assert program.text.split("_", 2)[2] not in everything.getvalue()


def test_addresses_are_checked(world: World) -> None:
    _, near = _create(addresses=["127.0.0.0/8", "::1"])
    _, far = _create(addresses=["203.0.113.7"])
    assert near.get("key").status_code == 200
    refused = far.get("key")
    assert refused.status_code == 403
    assert refused.json()["type"] == "/api/v1/problems/not-allowed-here"
    assert "127.0.0.1" in refused.json()["detail"]


def test_behind_a_proxy_the_proxys_own_word_counts(world: World, settings: Any) -> None:
    settings.API_TRUST_FORWARDED_FOR = True
    _, far = _create(addresses=["203.0.113.7"])
    assert far.get("key", **{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}).status_code == 200
    assert far.get("key", **{"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}).status_code == 403


def test_a_program_reads_when_its_key_was_last_used(world: World) -> None:
    told = world.telegram.get("key").json()["last_used_at"]
    assert abs(timezone.now() - datetime.fromisoformat(told)) < timedelta(minutes=1)
    assert world.telegram.post("key/rotate", {}).json()["successor"]["last_used_at"] is None


def test_last_use_is_written_once_a_minute(world: World) -> None:
    key, program = _create()
    program.get("key")
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    program.get("key")
    assert ApiKey.objects.get(pk=key.pk).last_used_at == first
    long_ago = timezone.now() - timedelta(seconds=61)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=long_ago)
    program.get("key")
    assert ApiKey.objects.get(pk=key.pk).last_used_at > long_ago


def test_rotation_lets_both_keys_work_for_a_while(world: World) -> None:
    key, old = _create(expires_at=timezone.now() + timedelta(days=90), addresses=["127.0.0.1"])
    answer = old.post("key/rotate", {"overlap_hours": 2})
    assert answer.status_code == 201
    new = Program(answer.json()["key"])
    assert old.get("key").status_code == new.get("key").status_code == 200
    assert new.get("key").json()["scopes"] == old.get("key").json()["scopes"]
    assert new.get("key").json()["addresses"] == ["127.0.0.1/32"]
    ends = ApiKey.objects.get(pk=key.pk).expires_at
    assert timedelta(hours=1, minutes=59) < ends - timezone.now() <= timedelta(hours=2)
    successor = ApiKey.objects.get(replaces=key)
    assert successor.expires_at - timezone.now() > timedelta(days=89)
    # The successor is in use: the old key makes no further ones.
    refused = old.post("key/rotate", {})
    assert refused.status_code == 409
    assert successor.prefix in refused.json()["detail"]


def test_a_successor_that_never_arrived_is_revoked_by_the_next(world: World) -> None:
    _, old = _create()
    lost = Program(old.post("key/rotate", {}).json()["key"])
    found = Program(old.post("key/rotate", {}).json()["key"])
    assert lost.get("key").status_code == 401
    assert found.get("key").status_code == 200


def test_no_answer_with_a_secret_is_kept(world: World) -> None:
    from takedowns.api.models import KeptAnswer

    _, old = _create()
    old.post("key/rotate", {}, **{"Idempotency-Key": "x"})
    assert not KeptAnswer.objects.exists()


def test_calls_are_limited_per_key(world: World) -> None:
    _, slow = _create(requests_per_minute=3)
    answers = [slow.get("key") for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    # Three of eight may pass; six where a minute ends in between.
    assert len(refused) in (2, 3, 4, 5)
    assert [answer.status_code for answer in answers].count(200) == 8 - len(refused)
    for answer in refused:
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert answer.json()["type"] == "/api/v1/problems/rate-limited"
        assert answer["RateLimit"].startswith('"key";r=0;t=')
    assert answers[0]["RateLimit-Policy"] == '"key";q=3;w=60'
    assert world.telegram.get("key").status_code == 200


def test_a_key_of_an_agency_asks_as_its_officer_and_nobody_else(world: World) -> None:
    agency = Agency.objects.get(slug="north")
    key, _ = keys.create(name="n", agency=agency)
    actor = keys.actor_of(key)
    assert actor.has_role("officer", agency.pk)
    assert not actor.has_role("reviewer")
    assert actor.user_id is None
    assert not actor.sees_everything
