"""Two installations that run answer each other over HTTP while one of them loads a list; a third that holds no key learns nothing."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operating.installation import Installation, until
from tests.operating.test_witness import Copied

pytestmark = pytest.mark.torture

PAIR = """
from takedowns.access.actor import SYSTEM
from takedowns.deconfliction import pairing
facts = pairing.Facts("{name}", "http://127.0.0.1:{port}", "{name}-desk@example.org")
code = "{code}"
if code:
    pairing.take(facts, code, by=SYSTEM)
else:
    print("code", pairing.offer(facts, by=SYSTEM)[1])
"""
#: Hands in so many channels.
LOAD = """
from tests.operating.hand_in import hand_in
print("loaded", hand_in({first}, {number}))
"""
#: Hands in list after list until a file is there.
LOAD_ON = """
from pathlib import Path
from tests.operating.hand_in import hand_in
first = 1000
while not Path({stop!r}).exists():
    hand_in(first, 300)
    first += 300
"""
HOLD = "from tests.operating.hand_in import hold; hold('https://t.me/demo_shared_5')"
ASK = "from takedowns.deconfliction.asking import ask_partners; print('asked', ask_partners())"


@pytest.fixture
def three(installation: Installation, tmp_path: Path) -> Iterator[tuple[Copied, Copied, Copied]]:
    installation.end_processes()
    north, south, third = (
        Copied(installation, tmp_path / name, name) for name in ("north", "south", "third")
    )
    try:
        for one in (north, south, third):
            # What other tests left in the one that they were copied from is nobody's here.
            tables = "holds_helditem holds_hold referrals_coreferral referrals_event referrals_referral referrals_item procrastinate_jobs"
            emptied = "".join(f"DELETE FROM {table};" for table in tables.split())
            one.query(f"SET session_replication_role = replica; {emptied}")
            one.settings |= {
                "EXCHANGE": "deconfliction",
                "DECONFLICTION_ALLOW_NETWORKS": "127.0.0.1/32",
                "DECONFLICTION_PLAIN_HTTP": "1",
            }
        yield north, south, third
    finally:
        for one in (north, south, third):
            one.end_processes()
            installation.ask(f"DROP DATABASE {one.name} WITH (FORCE)", database="postgres")


def paired(one: Copied, other: Copied) -> None:
    """Let one make a code and the other enter it."""
    said = one.done("shell", "--no-imports", "-c", PAIR.format(name=other.name, port=other.port, code=""))
    [code] = (line.split()[1] for line in said.splitlines() if line.startswith("code "))
    other.done("shell", "--no-imports", "-c", PAIR.format(name=one.name, port=one.port, code=code))


def asked(one: Copied) -> int:
    said = one.done("shell", "--no-imports", "-c", ASK)
    return int(next(line.split()[1] for line in said.splitlines() if line.startswith("asked ")))


def items(one: Copied) -> int:
    [(number,)] = one.query("SELECT count(*) FROM referrals_item")
    return int(number)


def told(one: Copied) -> dict[str, tuple[bool, bool]]:
    rows = one.query(
        "SELECT item.key, answer.has, answer.on_hold FROM deconfliction_answer AS answer"
        " JOIN referrals_item AS item ON item.id = answer.item_id WHERE answer.has OR answer.on_hold"
    )
    return {key: (has, on_hold) for key, has, on_hold in rows}


def test_two_answer_each_other_under_load_and_a_third_learns_nothing(
    three: tuple[Copied, Copied, Copied], tmp_path: Path
) -> None:
    north, south, third = three
    south.done("shell", "--no-imports", "-c", LOAD.format(first=0, number=100))
    south.done("shell", "--no-imports", "-c", HOLD)
    north.done("shell", "--no-imports", "-c", LOAD.format(first=50, number=100))
    for one in three:
        one.serve()
    paired(north, south)

    # The one that entered the code calls first; both then know that it works. Meanwhile the other loads a long list.
    stop = tmp_path / "stop"
    load = north.start("manage.py", "shell", "--no-imports", "-c", LOAD_ON.format(stop=str(stop)))
    until(lambda: items(north) > 100)
    assert asked(south) == 100
    assert load.poll() is None, "it was to be answered while lists are loaded"
    stop.touch()
    assert told(south) == {f"demo_shared_{n}": (True, False) for n in range(50, 100)}
    until(lambda: load.poll() is not None, 240)
    assert load.returncode == 0, north.said
    assert asked(north) == items(north) > 400
    assert told(north) == {f"demo_shared_{n}": (True, False) for n in range(50, 100)}
    assert asked(north) == 0, "once a day"

    # What is on hold at the other, and that is all that is said of it.
    north.done("shell", "--no-imports", "-c", LOAD.format(first=5, number=1))
    assert asked(north) == 1
    assert told(north)["demo_shared_5"] == (True, True)
    assert [
        (name, contact)
        for name, contact in north.query("SELECT name, contact_point FROM deconfliction_partner")
    ] == [("south", "north-desk@example.org")]

    # Both sides' ledgers and access logs have each call.
    for one, other in ((north, south), (south, north)):
        calls = (
            "SELECT nonce FROM deconfliction_exchange WHERE direction = '{}' AND NOT refused ORDER BY nonce"
        )
        assert one.query(calls.format("asked")) == other.query(calls.format("answered")) != []
        [(entries,)] = one.query("SELECT count(*) FROM ledger_entry WHERE what = 'deconfliction_exchange'")
        [(looks,)] = one.query("SELECT count(*) FROM access_log_look WHERE what = 'deconfliction'")
        assert entries == looks == one.query("SELECT count(*) FROM deconfliction_exchange")[0][0]

    # A third is told the same as it would be told of nothing at all, with an invented code or with none.
    paired_with_nobody(third, north)
    assert asked(third) == 0
    [(problem,)] = third.query("SELECT problem FROM deconfliction_pairkey")
    assert "It answered 404, not signed" in problem
    assert posted(north) == posted(third)

    # Nobody is there: shown as not asked, never as "does not have it".
    south.end_processes()
    north.done("shell", "--no-imports", "-c", LOAD.format(first=9, number=1))
    assert asked(north) == 0
    assert "demo_shared_9" not in told(north)
    [(problem,)] = north.query("SELECT problem FROM deconfliction_pairkey")
    assert "No connection" in problem


def paired_with_nobody(third: Copied, north: Copied) -> None:
    from takedowns.deconfliction.keys import Shared

    code = Shared.new().code
    third.done("shell", "--no-imports", "-c", PAIR.format(name="north", port=north.port, code=code))
    third.done("shell", "--no-imports", "-c", LOAD.format(first=0, number=10))


def posted(one: Copied) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=60)
    connection.request("POST", "/deconfliction/ask", b"{}", {"content-type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
