"""The figures of what came back, each defined once: pages, reports and the data dictionary read them here."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

from takedowns.figures.measures import Measure, Unit

_LOOKS: Final = _(
    "The looks recorded here: what people and robots saw, of the items the reader may see. Which outlet an item is of is "
    "what analysts say now."
)


def _measure(name: str, label: str, definition: str, formula: str, unit: str = "item") -> Measure:
    return Measure(name, label, definition, formula, _LOOKS, unit)  # type: ignore[arg-type]


#: Every figure of what came back by name, in the order in which it is shown.
RETURN_MEASURES: Final[dict[str, Measure]] = {
    one.name: one
    for one in (
        _measure(
            "items_seen_gone",
            _("Items verified offline"),
            _("Items referred in the operation that somebody saw gone after they were referred."),
            "a look at or after referred_at saw the item offline",
        ),
        _measure(
            "items_back",
            _("Items back online"),
            _("Of the items verified offline, those that somebody later saw online at the same address."),
            "a look after the first that saw it offline saw it online",
        ),
        _measure(
            "share_items_back",
            _("Share of items back online"),
            _("Of the items verified offline, the share seen online again."),
            "items_back divided by items_seen_gone",
            "share of items",
        ),
        _measure(
            "median_item_back",
            _("Median time until an item was back online"),
            _(
                "Half of the items that were seen online again were so within this time of being first verified offline."
            ),
            "the median (percentile_disc) of the first online look after minus the first offline look, over items_back",
            Unit.SECONDS,
        ),
        _measure(
            "outlets_seen_gone",
            _("Outlets verified offline"),
            _("Outlets of which at least one item referred in the operation was verified offline."),
            "an outlet with one of items_seen_gone",
            "outlet",
        ),
        _measure(
            "outlets_back",
            _("Outlets back"),
            _(
                "Of these, outlets that turned up on a platform where nothing of them was known before, or of which an item "
                "that had been verified offline was seen online again."
            ),
            "an item first submitted after the outlet was first verified offline (and after the last day of an operation of at most seven "
            "days), on a platform without an earlier item of it; or one of items_back",
            "outlet",
        ),
        _measure(
            "share_outlets_back",
            _("Share of outlets back"),
            _("Of the outlets verified offline, the share that is back."),
            "outlets_back divided by outlets_seen_gone",
            "share of outlets",
        ),
        _measure(
            "median_resurfacing",
            _("Median time to resurface"),
            _(
                "The time after which half of the outlets are back, those not back counted for as long as anybody looked; "
                "none where the curve does not reach a half."
            ),
            "the smallest t at which 1 minus the Kaplan-Meier estimate is at least 0.5; an outlet not back is censored at the "
            "latest look at any of its items",
            Unit.SECONDS,
        ),
    )
}

#: How the resurfacing curve and the displacement are counted, beside the pictures.
CURVE: Final = _(
    "The share of outlets that are back by then (one minus the Kaplan-Meier estimate). The clock starts when an item of the "
    "outlet was first verified offline. An outlet that is not back counts until somebody last looked at one of its items: nobody "
    "knows what it did after that."
)
DISPLACEMENT: Final = _(
    "From the platform on which an outlet was first verified offline, to each platform on which it then turned up and where nothing of it "
    "was known before; what was submitted on the days of an action of at most seven days was known. An outlet that turned up on two platforms "
    "counts on both: two moves. It may have been there longer than anybody "
    "knew: the time runs until it was first submitted."
)


#: What is told of each pair of platforms.
MOVE_MEASURES: Final[dict[str, Measure]] = {
    one.name: one
    for one in (
        _measure(
            "outlets_moved",
            _("Outlets that turned up there"),
            DISPLACEMENT,
            "outlets by (platform first verified offline on, further platform)",
            "outlet",
        ),
        _measure(
            "items_moved",
            _("Items they have there"),
            _("Items of these outlets on the further platform."),
            "items by the same pair",
        ),
        _measure(
            "median_move",
            _("Median time until they turned up"),
            _("Half of these outlets turned up within this time of being first verified offline."),
            "the median (percentile_disc) of the first submission there minus the first look that saw the outlet gone",
            Unit.SECONDS,
        ),
    )
}
