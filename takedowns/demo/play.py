"""Playing the demo day into the database through the same doors as everybody: intake, lifecycle, checks.

What was done is written down beside it, in the same transaction (:class:`~takedowns.demo.models.Step`): a second start
does nothing twice, and one after a crash goes on where the last ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import groupby
from pathlib import Path
from uuid import UUID

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.demo.models import Step
from takedowns.demo.scenario.day import Scenario
from takedowns.demo.scenario.specs import Batch, CheckBatch, SubmissionSpec
from takedowns.directory.models import Agency, Membership, Platform, User
from takedowns.figures.models import SelfReport
from takedowns.figures.moment import last_settled
from takedowns.figures.register.services import register
from takedowns.identity import Identity, identify
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Operation, Outlet, Referral
from takedowns.referrals.transitions import Move, apply
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.recording import record_checks

PASSWORD = "takedowns-demo"  # noqa: S105 - printed on the screen, for invented people
EVERYTHING = "everything"
ROBOT = "demo probe"

#: Told of progress: what is going on, how much of it is done, of how much.
Tell = Callable[[str, int, int], None]


def is_played() -> bool:
    """Tell whether the whole demo is in the database."""
    return Step.objects.filter(pk=EVERYTHING).exists()


def play(scenario: Scenario, folder: Path, tell: Tell) -> None:
    """Bring the database to the end of the demo, from wherever it stands. The files are written to ``folder``."""
    done = set(Step.objects.values_list("pk", flat=True))
    with _step("cast", done) as todo:
        if todo:
            make_cast(scenario)
    paths = scenario.write(folder)
    _hand_in(
        scenario, dict(zip((spec.filename for spec in scenario.submissions), paths, strict=True)), done, tell
    )
    _play_days(scenario, done, tell)
    with _step("self-reports", done) as todo:
        if todo:
            _self_reports(scenario)
    with _step(EVERYTHING, done):
        pass


@contextmanager
def _step(name: str, done: set[str]) -> Iterator[bool]:
    """Run a part of the demo in one transaction with the note that it is done; False where it is done already."""
    if name in done:
        yield False
        return
    with acting_as(SYSTEM):
        yield True
        Step.objects.create(pk=name)


def make_cast(scenario: Scenario) -> None:
    """Make the agencies, people, operations and outlets."""
    with acting_as(SYSTEM):
        _make_cast(scenario)


def _make_cast(scenario: Scenario) -> None:
    agencies = {
        spec.slug: Agency(slug=spec.slug, name=spec.name, country=spec.country) for spec in scenario.agencies
    }
    Agency.objects.bulk_create(agencies.values())
    for person in scenario.people:
        user = User.objects.create_user(person.email, person.name, PASSWORD)
        agency = agencies[person.agency_slug] if person.agency_slug else None
        Membership.objects.create(
            user=user, agency=agency, platform_id=person.platform_slug, role=person.role
        )
    for spec in scenario.operations:
        operation = Operation.objects.create(
            reference=spec.reference,
            name=spec.name,
            scope=spec.scope,
            starts=spec.starts,
            ends=spec.ends,
            default_ground=spec.default_ground,
        )
        operation.refresh_from_db()
        operation.agencies.set([agencies[slug] for slug in spec.agencies])
        operation.platforms.set(Platform.objects.filter(slug__in=spec.platforms))
    Outlet.objects.bulk_create(
        [Outlet(name=outlet.name) for outlet in scenario.outlets], ignore_conflicts=True
    )


def _hand_in(scenario: Scenario, paths: dict[str, Path], done: set[str], tell: Tell) -> None:
    with acting_as(SYSTEM):
        operations = {operation.reference: operation for operation in Operation.objects.all()}
    agencies = {agency.slug: agency for agency in Agency.objects.all()}
    for number, spec in enumerate(scenario.submissions, 1):
        with _step(f"submit {spec.filename}", done) as todo:
            if todo:
                _hand_in_one(
                    spec,
                    paths[spec.filename],
                    operations[spec.operation_reference],
                    agencies[spec.agency_slug],
                )
        tell("Submitting the files", number, len(scenario.submissions))


def _hand_in_one(spec: SubmissionSpec, path: Path, operation: Operation, agency: Agency) -> None:
    receive(
        operation=operation,
        agency=agency,
        user=User.objects.get(email=spec.officer_email),
        source=Submission.Source.FILE,
        filename=path.name,
        content=BytesIO(path.read_bytes()),
        received_at=spec.handed_in_at,
        loading=Loading.HERE,
    )


def _play_days(scenario: Scenario, done: set[str], tell: Tell) -> None:
    """Play answers and checks in the order of time, an hour to a transaction."""
    timeline: list[Batch | CheckBatch] = sorted(
        [*scenario.answers, *scenario.checks], key=lambda batch: batch.at
    )
    with acting_as(SYSTEM):
        referrals = dict(Referral.objects.order_by("round").values_list("item_id", "pk"))
    actors = {user.email: Actor.of(user) for user in User.objects.all()}
    agencies = dict(Agency.objects.values_list("slug", "pk"))
    played = 0
    for hour, group in groupby(
        timeline, key=lambda batch: batch.at.replace(minute=0, second=0, microsecond=0)
    ):
        batches = list(group)
        with _step(f"play {hour:%Y-%m-%d %H} UTC", done) as todo:
            for batch in batches if todo else ():
                if isinstance(batch, Batch):
                    _answer(batch, referrals, actors)
                else:
                    _look(batch, actors, agencies)
        played += len(batches)
        tell("Playing the answers and the checks", played, len(timeline))


def _answer(batch: Batch, referrals: dict[UUID, UUID], actors: dict[str, Actor]) -> None:
    if batch.transition is None:  # a complaint leaves the status as it is
        return
    ids = [referrals[item_id] for item_id in _item_ids(batch.urls)]
    moves = [Move(referral_id, batch.transition, batch.details) for referral_id in ids]
    outcome = apply(moves, by=actors[batch.actor], at=batch.at)
    if outcome.refused:
        raise RuntimeError(f"The demo made a move that is refused: {outcome.refused[0]} in {batch}")


def _look(batch: CheckBatch, actors: dict[str, Actor], agencies: dict[str, UUID]) -> None:
    ids = _item_ids(url for url, _ in batch.looks)
    looks = [
        Look(item_id, Availability(seen), batch.at)
        for item_id, (_, seen) in zip(ids, batch.looks, strict=True)
    ]
    if batch.actor:
        record_checks(
            looks,
            by=actors[batch.actor],
            agency_id=agencies[batch.agency_slug] if batch.agency_slug else None,
        )
    else:
        record_checks(looks, by=SYSTEM, robot=ROBOT)


def _item_ids(urls: Iterable[str]) -> list[UUID]:
    found = [identify(url) for url in urls]
    return [identity.id for identity in found if isinstance(identity, Identity)]


def _self_reports(scenario: Scenario) -> None:
    with acting_as(SYSTEM):
        operations = dict(Operation.objects.values_list("reference", "pk"))
        SelfReport.objects.bulk_create(
            SelfReport(
                operation_id=operations[report.operation_reference],
                platform_id=report.platform_slug,
                day=report.day,
                what=report.what,
                count=report.count,
            )
            for report in scenario.self_reports
        )


def publish_the_day(reference: str) -> None:
    """Publish the figures of an operation that was played, for its press conference; once."""
    with acting_as(SYSTEM):
        operation = Operation.objects.get(reference=reference)
        if operation.publications.exists():
            return
        of_it = Membership.objects.filter(role=Role.COORDINATOR, agency__in=operation.agencies.all())
        coordinator = Actor.of(of_it.select_related("user").order_by("agency__slug", "user__email")[0].user)
    with acting_as(coordinator):
        register(
            operation,
            coordinator,
            last_settled(),
            number=1,
            provisional=True,
            note="For the press conference on the evening of the second day",
        )
