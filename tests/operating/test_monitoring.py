"""The dashboard and the alerts that come along name what there is, and the documents name all of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from takedowns.operating import metrics

ROOT = Path(__file__).parent.parent.parent
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "takedowns.json"
_NAMED = re.compile(r"\btakedowns_[a-z_]+\b")
_LABELS = re.compile(r"(takedowns_[a-z_]+)\{([^}]*)\}")


@pytest.fixture
def known(db: None) -> dict[str, set[str]]:
    """Each series that is answered, as Prometheus names it, with its labels."""
    registry = CollectorRegistry()
    for one in (metrics.REQUESTS, metrics.SECONDS, metrics.QUERIES):
        registry.register(one)
    registry.register(metrics.DatabaseCollector())
    metrics.REQUESTS.labels("web:home", "GET", 200).inc(0)
    metrics.QUERIES.labels("web:home").inc(0)
    metrics.SECONDS.labels("web:home").observe(0.1)
    found: dict[str, set[str]] = {}
    for family in registry.collect():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [rule["expr"] for rule in rules()] + [one["expr"] for panel in panels for one in panel["targets"]]


def test_each_metric_that_is_named_is_answered(known: dict[str, set[str]]) -> None:
    named = {name for expression in expressions() for name in _NAMED.findall(expression)}
    assert named - known.keys() == set()
    for expression in expressions():
        for name, labels in _LABELS.findall(expression):
            asked = {part.split("=")[0].rstrip("!~ ") for part in labels.split(",")}
            assert asked <= known[name], expression


def test_each_metric_that_is_answered_is_shown_and_documented(known: dict[str, set[str]]) -> None:
    ours = {re.sub(r"_(sum|count|bucket)$", "", name) for name in known if not name.endswith("_created")}
    shown = {re.sub(r"_bucket$", "", name) for text in expressions() for name in _NAMED.findall(text)}
    assert ours - shown == set()
    documented = set(_NAMED.findall((ROOT / "docs" / "operators" / "monitoring.md").read_text()))
    assert {name for name in ours if name not in documented} == set()


def test_each_alert_says_what_is_the_case_and_what_to_do() -> None:
    assert len(rules()) >= 10
    for rule in rules():
        assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
    panels = json.loads(DASHBOARD.read_text())["panels"]
    places = [tuple(panel["gridPos"].values()) for panel in panels]
    assert len(set(places)) == len(places)
    if promtool := shutil.which("promtool"):
        subprocess.run([promtool, "check", "rules", ALERTS], check=True)
