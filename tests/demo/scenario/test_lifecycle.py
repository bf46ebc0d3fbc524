"""The answers of the demo are moves the lifecycle allows, by people who may make them, with the facts it requires."""

from collections import Counter

from takedowns.access.roles import Role
from takedowns.demo.scenario import Scenario
from takedowns.demo.scenario.specs import Batch
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.vocabulary import Action, Availability, DecisionGround, DeclineReason, Status

VOCABULARIES = {"action": Action, "decision_ground": DecisionGround, "decline_reason": DeclineReason}


def test_every_move_leaves_a_status_it_may_leave_and_the_last_one_is_what_the_demo_promises(
    scenario: Scenario,
) -> None:
    status: dict[str, str] = {}
    for batch in scenario.answers:
        if batch.transition is None:
            assert all(status[url] == Status.REMOVED for url in batch.urls)
            continue
        transition = TRANSITIONS[batch.transition]
        for url in batch.urls:
            before = status.get(url, Status.SUBMITTED)
            assert before in transition.leaves, f"{batch.action} of {url} leaves {before} at {batch.at}"
            status[url] = transition.enters
    promised: Counter[str] = Counter()
    for platforms in scenario.expected.statuses.values():
        for by_status in platforms.values():
            promised.update(by_status)
    assert Counter(status.values()) == promised


def test_every_move_is_made_by_somebody_who_may(scenario: Scenario) -> None:
    people = {person.email: person for person in scenario.people}
    officers = {submission.officer_email for submission in scenario.submissions}
    for batch in scenario.answers:
        if batch.transition is None:
            continue
        actor = people[batch.actor]
        answers_for = (
            Role.PLATFORM if actor.role == "manager" else Role(actor.role)
        )  # a manager answers as a responder
        assert answers_for in TRANSITIONS[batch.transition].roles
        assert not (TRANSITIONS[batch.transition].four_eyes and batch.actor in officers)
        if actor.role != "coordinator":
            assert (actor.agency_slug, actor.platform_slug) == (batch.agency_slug, batch.platform_slug)


def test_every_move_brings_the_facts_it_requires_in_the_words_we_know(scenario: Scenario) -> None:
    grounds = {operation.reference: operation.default_ground for operation in scenario.operations}

    def facts(batch: Batch) -> dict[str, object]:
        return {"ground": grounds[batch.operation_reference], **batch.details}

    for batch in scenario.answers:
        known = facts(batch)
        for fact in TRANSITIONS[batch.transition].requires if batch.transition else ():
            assert known.get(fact), f"{batch.action} without {fact}"
        for name, vocabulary in VOCABULARIES.items():
            assert known.get(name) is None or known[name] in vocabulary.values


def test_looks_use_the_words_we_know(scenario: Scenario) -> None:
    seen = {availability for batch in scenario.checks for _, availability in batch.looks}
    assert seen == set(Availability.values)
