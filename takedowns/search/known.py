"""What is known about one address: what it names, and whether anyone has it already."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.hosts import declared_hosts
from takedowns.holds.queries import standing_holds
from takedowns.identity import PLATFORMS, Identity, Refusal, identify
from takedowns.identity.notes import NOTES
from takedowns.referrals.models import Item, Referral
from takedowns.search.others import may_learn


def read_as(found: Identity) -> list[str]:
    """Return a sentence for each thing that was read past in an address: how it was written, through what it leads."""
    sentences = [NOTES.get(note, note) for note in found.notes]
    return sentences + [f"Leads through {wrapper}, which was taken off." for wrapper in found.wrappers]


@dataclass(frozen=True)
class Known:
    """The answer of the identify box.

    Attributes:
        refusal: why it is no item; then nothing else is set.
        kind: as an officer knows it where the item is known, otherwise what the address says.
        read_as: how the address was read, a sentence each.
        referrals: those of the item that the actor may see, the latest round first.
        told: whether it is told what others have (``others.py``); if not, the next two are not known.
        elsewhere: another agency's referral exists that the actor may not see.
        on_hold: there is a hold on the item, whoever's.
    """

    refusal: Refusal | None = None
    found: Identity | None = None
    platform: str = ""
    kind: str = ""
    read_as: list[str] = field(default_factory=list)
    decisions: tuple[str, ...] = ()
    referrals: list[Referral] = field(default_factory=list)
    told: bool = False
    elsewhere: bool = False
    on_hold: bool = False

    @property
    def is_unknown_host(self) -> bool:
        """Whether the host is no platform known here."""
        return self.found is not None and self.found.platform not in PLATFORMS


def look_up(text: str, actor: Actor, *, others: bool) -> Known:
    """Identify one address and say who has it, naming nobody whom the actor may not see. A fixed number of statements.

    Args:
        others: whether it is asked also whether somebody else has it, which is counted.
    """
    found = identify(text, declared_hosts())
    if isinstance(found, Refusal):
        return Known(refusal=found)
    rules = PLATFORMS.get(found.platform)
    visible = Referral.objects.visible_to(actor).filter(item_id=found.id)
    referrals = list(visible.select_related("operation", "agency").order_by("-round"))
    with acting_as(SYSTEM):
        told = others and may_learn(1, actor) == 1
        item = Item.objects.filter(pk=found.id).annotate(times=Count("referrals")).first()
        on_hold = told and item is not None and standing_holds(item).exists()
    return Known(
        found=found,
        platform=rules.name if rules else "",
        # As somebody corrected it is others' knowledge, too.
        kind=item.kind if item is not None and referrals else found.kind,
        read_as=read_as(found),
        decisions=rules.decisions if rules else (),
        referrals=referrals,
        told=told,
        elsewhere=told and item is not None and item.times > len(referrals),
        on_hold=on_hold,
    )
