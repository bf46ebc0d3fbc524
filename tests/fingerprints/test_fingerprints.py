"""Pictures that officers attach are known again: one picture under many addresses is one group in review, each its own referral."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from PIL import Image

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence.models import Evidence
from takedowns.evidence.services import Brought, attach
from takedowns.evidence.withdrawal import withdraw
from takedowns.exchange import formats
from takedowns.exchange.models import Tlp
from takedowns.exchange.records import mark
from takedowns.fingerprints import making
from takedowns.fingerprints.making import Made, compute, make_missing
from takedowns.fingerprints.models import LEAST_QUALITY, Fingerprint
from takedowns.fingerprints.queries import Alike
from takedowns.referrals.models import Referral
from takedowns.review.queries import surroundings_of
from tests.clients import SignedIn
from tests.evidence.hostile import png_bomb
from tests.factories import make_referrals
from tests.people import People


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


#: They come without wheels; `make test` builds them where there is a C++ compiler. With REQUIRE_HASHES=1 nothing skips for want of one.
HAS_PDQ = find_spec("pdqhash") is not None
_MAY_SKIP = os.environ.get("REQUIRE_HASHES") != "1"
needs_pdq = pytest.mark.skipif(
    not HAS_PDQ and _MAY_SKIP,
    reason="pdqhash is not here: install a C++ compiler (apt-get install g++ python3-dev), and `make test` builds it",
)
needs_threatexchange = pytest.mark.skipif(
    find_spec("threatexchange") is None and _MAY_SKIP,
    reason="threatexchange, which reads such hashes, is not here: install a C++ compiler, and `make test` installs it",
)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pictures have hashes also where the library that computes them is not here: of sixteen by sixteen shades."""
    if HAS_PDQ:
        return

    def shades(content: bytes) -> Made:
        with Image.open(io.BytesIO(content)) as opened:
            values = opened.convert("L").resize((16, 16), Image.Resampling.BOX).tobytes()
        middle = sorted(values)[128]
        bits = int("".join(str(int(value > middle)) for value in values), 2)
        return Made(hashlib.md5(content).hexdigest(), f"{bits:064x}", 100)

    monkeypatch.setattr(making, "compute", shades)
    for asks in (making, formats):
        monkeypatch.setattr(asks, "find_spec", lambda _name: True)


def picture(seed: int, size: tuple[int, int] = (480, 320), kind: str = "PNG") -> bytes:
    """Return a picture with enough in it to be compared; of one seed the same scene, whatever size and kind."""
    dice = random.Random(seed)
    small = Image.new("RGB", (16, 12))
    small.putdata([(dice.randrange(256), dice.randrange(256), dice.randrange(256)) for _ in range(16 * 12)])
    into = io.BytesIO()
    small.resize(size, Image.Resampling.BICUBIC).save(into, kind)
    return into.getvalue()


def attached(people: People, urls: list[str], content: bytes) -> list[Referral]:
    ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)
    officer = people.actor("officer")
    with acting_as(officer):
        found = list(Referral.objects.filter(pk__in=ids).order_by("pk"))
        for one in found:
            if one is found[0]:
                assert attach([Brought("seen", io.BytesIO(content))], one, by=officer).refused == []
    with acting_as(SYSTEM):
        kept = Evidence.objects.get(referral=found[0])
        facts = {
            name: getattr(kept, name) for name in ("sha256", "size", "media_type", "filename", "agency_id")
        }
        Evidence.objects.bulk_create(
            [Evidence(item_id=one.item_id, referral=one, **facts) for one in found[1:]]
        )
    return found


def alike(people: People, referral: Referral, name: str = "reviewer") -> Alike | None:
    actor = people.actor(name)
    with acting_as(actor):
        return surroundings_of(referral, actor).alike


def urls(name: str, count: int) -> list[str]:
    return [f"https://t.me/demo_{name}/{number}" for number in range(1, count + 1)]


@needs_pdq
@needs_threatexchange
def test_a_hash_is_that_of_the_library_that_others_use_and_survives_a_smaller_copy() -> None:
    from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes
    from threatexchange.signal_type.pdq.signal import PdqSignal

    content = picture(1)
    made = compute(content)
    assert (made.pdq, made.quality) == pdq_from_bytes(content)
    assert PdqSignal.validate_signal_str(made.pdq) == made.pdq
    assert made.quality >= LEAST_QUALITY
    assert made.md5 == hashlib.md5(content).hexdigest()
    copy, other = compute(picture(1, (360, 240), "JPEG")), compute(picture(2))
    assert PdqSignal.compare_hash(made.pdq, copy.pdq, 31).match
    assert not PdqSignal.compare_hash(made.pdq, other.pdq, 31).match


@pytest.mark.parametrize("content", [b"", b"no picture", picture(1)[:500], png_bomb()])
def test_what_cannot_be_read_has_no_hash_and_stops_nothing(content: bytes) -> None:
    assert compute(content) == Made()


@pytest.mark.usefixtures("hashed")
@pytest.mark.django_db
@pytest.mark.parametrize(("quality", "others"), [(LEAST_QUALITY, 1), (LEAST_QUALITY - 1, None)])
def test_the_database_compares_pictures_from_the_least_quality_on(
    people: People, quality: int, others: int | None
) -> None:
    asked, other = (attached(people, urls(name, 1), picture(seed))[0] for seed, name in enumerate("ab"))
    with acting_as(SYSTEM):
        for one, of_this in ((asked, LEAST_QUALITY), (other, quality)):
            seen = Evidence.objects.get(referral=one)
            Fingerprint.objects.create(
                evidence=seen,
                operation_id=one.operation_id,
                referral=one,
                sha256=seen.sha256,
                pdq="0f" * 32,
                quality=of_this,
            )
    found = alike(people, asked)
    assert (found.others if found else None) == others


@pytest.mark.usefixtures("hashed")
@pytest.mark.django_db
def test_three_hundred_links_of_one_picture_are_one_group_and_each_its_own_referral(
    people: People, signed_in: SignedIn
) -> None:
    same = attached(people, urls("same", 180), picture(1))
    copies = attached(people, urls("copy", 120), picture(1, (360, 240), "JPEG"))
    others = attached(people, urls("other", 3), picture(2))
    assert [make_missing() for _ in range(3)] == [200, 103, 0]
    found = alike(people, same[0])
    assert found is not None
    assert found.others == 299
    client = signed_in("reviewer")
    shown = client.get(f"/operations/RAD19/review/?referral={copies[0].pk}").content.decode()
    assert "looks like 299 others" in shown
    page = f"/operations/RAD19/review/many/?picture={found.picture}"
    assert "300" in client.get(f"{page}&select=matching").content.decode()
    response = client.post(
        page,
        {"decision": "approve", "matching": "300", "ground": "Directive (EU) 2017/541, Art. 5", "exemptions_checked": "on"},
    )  # fmt: skip
    assert response.status_code == 302
    with acting_as(SYSTEM):
        assert Referral.objects.filter(status="approved").count() == 300
        assert set(Referral.objects.filter(status="submitted").values_list("pk", flat=True)) == {
            one.pk for one in others
        }


@pytest.mark.usefixtures("hashed")
@pytest.mark.django_db
def test_nobody_learns_of_pictures_that_are_not_theirs_to_see_nor_of_what_was_taken_back(
    people: People,
) -> None:
    first, second = attached(people, urls("same", 2), picture(1))
    make_missing()
    assert alike(people, first, "other_officer") is None
    assert alike(people, first) is not None
    with acting_as(SYSTEM):
        evidence = Evidence.objects.get(referral=second)
    withdraw(evidence, reason="Another one.", by=people.actor("officer"))
    assert alike(people, first) is None


@pytest.mark.django_db
def test_where_the_installation_uses_none_none_is_made_or_asked_for(people: People) -> None:
    [one] = attached(people, urls("same", 1), picture(1))
    with override_settings(EXCHANGE=[]):
        assert make_missing() == 0
        assert alike(people, one) is None
    with acting_as(SYSTEM):
        assert not Fingerprint.objects.exists()


@needs_pdq
@needs_threatexchange
@pytest.mark.django_db
def test_hash_sharing_reads_what_is_written(people: People, signed_in: SignedIn, tmp_path: Path) -> None:
    from threatexchange.exchanges.clients.fb_threatexchange.descriptor import ThreatDescriptor
    from threatexchange.exchanges.impl.file_api import FileCollaborationConfig, LocalFileSignalExchangeAPI

    contents = [picture(1), picture(2), picture(1)]
    for number, content in enumerate(contents):
        attached(people, [f"https://t.me/demo_x/{number + 1}"], content)
    make_missing()
    mark(people.operation, Tlp.AMBER, by=people.actor("coordinator"))
    client = signed_in("coordinator")
    page = client.get("/operations/RAD19/exchange/").content.decode()
    assert "records.threatexchange" in page
    file = client.get("/operations/RAD19/exchange/records.threatexchange")
    assert file.headers["Ledger-Entry"]
    read = [ThreatDescriptor.from_te_json(1, one) for one in json.loads(file.content)["data"]]
    expected = {compute(one).pdq for one in contents}
    assert {one.raw_indicator for one in read if one.indicator_type == "HASH_PDQ"} == expected
    assert {one.raw_indicator for one in read if one.indicator_type == "HASH_SHA256"} == {
        hashlib.sha256(one).hexdigest() for one in contents
    }
    assert len({one.id for one in read}) == len(read) == 6
    lines = tmp_path / "pdq.txt"
    lines.write_bytes(client.get("/operations/RAD19/exchange/records.pdq").content)
    config = FileCollaborationConfig(name="day", api="local_file", enabled=True, filename=str(lines))
    [delta] = LocalFileSignalExchangeAPI(config).fetch_iter([], None)
    assert set(delta.updates) == {("pdq", one) for one in expected}
    assert signed_in("officer").get("/operations/RAD19/exchange/records.pdq").status_code == 403


@pytest.mark.usefixtures("hashed")
@pytest.mark.django_db
def test_hashes_are_taken_with_the_marking_by_coordinators_alone(people: People, signed_in: SignedIn) -> None:
    contents = [picture(1), picture(2), picture(1)]
    for number, content in enumerate(contents):
        attached(people, [f"https://t.me/demo_x/{number + 1}"], content)
    make_missing()
    mark(people.operation, Tlp.AMBER, by=people.actor("coordinator"))
    client = signed_in("coordinator")
    page = client.get("/operations/RAD19/exchange/").content.decode()
    assert "records.threatexchange" in page
    file = client.get("/operations/RAD19/exchange/records.threatexchange")
    assert file.headers["Ledger-Entry"]
    told = json.loads(file.content)["data"]
    assert sum(one["type"] == "HASH_SHA256" for one in told) == 2
    assert len({one["id"] for one in told}) == len(told) == 6
    assert signed_in("officer").get("/operations/RAD19/exchange/records.pdq").status_code == 403
