"""Who takes part: agencies, people, operations, and what Telegram says of itself."""

from datetime import date

from takedowns.demo.scenario.addresses import DAYS_AFTER_ITEMS, MAIN_ITEMS
from takedowns.demo.scenario.clock import FIRST_DAY, SECOND_DAY
from takedowns.demo.scenario.specs import AgencySpec, OperationSpec, PersonSpec, Role, SelfReportSpec

MAIN = "RAD19"
DAYS_AFTER = "RAD19-F"

COORDINATING_AGENCY = "eu-iru-demo"

AGENCIES = [
    AgencySpec(COORDINATING_AGENCY, "EU IRU (demo)", ""),
    AgencySpec("be-demo", "BE Liaison Unit (demo)", "BE"),
    AgencySpec("de-demo", "DE Referral Desk (demo)", "DE"),
    AgencySpec("es-demo", "ES Coordination Centre (demo)", "ES"),
    AgencySpec("fr-demo", "FR Reporting Office (demo)", "FR"),
    AgencySpec("nl-demo", "NL Internet Unit (demo)", "NL"),
    AgencySpec("uk-demo", "UK Referral Unit (demo)", "GB"),
]

# The family names all mean "example", so that nobody can take these for real people.
_STAFF: dict[str, tuple[str, str, str]] = {
    COORDINATING_AGENCY: ("Alex Specimen", "Robin Specimen", "Kim Specimen"),
    "be-demo": ("Lotte Voorbeeld", "Luc Exemple", "Marie Exemple"),
    "de-demo": ("Anna Muster", "Jonas Beispiel", "Greta Muster"),
    "es-demo": ("Lucía Ejemplo", "Mateo Ejemplo", "Carmen Muestra"),
    "fr-demo": ("Camille Exemple", "Hugo Exemple", "Inès Exemple"),
    "nl-demo": ("Sanne Voorbeeld", "Daan Voorbeeld", "Femke Voorbeeld"),
    "uk-demo": ("Sam Sample", "Jo Sample", "Pat Example"),
}


def _domain(slug: str) -> str:
    return (
        f"{slug.removesuffix('-demo')}.demo.example"  # .example is reserved (RFC 2606): mail can reach nobody
    )


def officer_of(agency_slug: str, number: int = 1) -> str:
    """E-mail address of an agency's first or second officer."""
    return f"officer{number}@{_domain(agency_slug)}"


def reviewer_of(agency_slug: str) -> str:
    """E-mail address of an agency's reviewer: the second pair of eyes."""
    return f"reviewer@{_domain(agency_slug)}"


def desk_of(platform_slug: str) -> str:
    """E-mail address of the people who answer for a platform."""
    return f"desk@{platform_slug.replace('_', '-')}.demo.example"


COORDINATOR = f"coordinator@{_domain(COORDINATING_AGENCY)}"


def people() -> list[PersonSpec]:
    """Two officers and a reviewer per agency, the coordinator, an auditor, an administrator, one desk per platform."""
    found: list[PersonSpec] = []
    for agency in AGENCIES:
        first, second, reviewer = _STAFF[agency.slug]
        found += [
            PersonSpec(officer_of(agency.slug, 1), first, agency.slug, None, "officer"),
            PersonSpec(officer_of(agency.slug, 2), second, agency.slug, None, "officer"),
            PersonSpec(reviewer_of(agency.slug), reviewer, agency.slug, None, "reviewer"),
        ]
    found += [
        PersonSpec(COORDINATOR, "Toni Specimen", COORDINATING_AGENCY, None, "coordinator"),
        PersonSpec("auditor@demo.example", "Noor Example", COORDINATING_AGENCY, None, "auditor"),
        PersonSpec("administrator@demo.example", "Ada Example", COORDINATING_AGENCY, None, "administrator"),
    ]
    for slug in (*MAIN_ITEMS, *DAYS_AFTER_ITEMS):
        name = slug.replace("_", " ").title()
        role: Role = "manager" if slug == "telegram" else "platform"
        found.append(PersonSpec(desk_of(slug), f"{name} desk (demo)", None, slug, role))
    return found


def operations() -> list[OperationSpec]:
    """The action day and the standing stream of work of the weeks after it.

    Two operations, so that the board of the action day stays what it was while the networks move on.
    """
    everyone = tuple(agency.slug for agency in AGENCIES)
    return [
        OperationSpec(
            MAIN,
            "Referral action days of 21 and 22 November 2019 (demo)",
            FIRST_DAY,
            SECOND_DAY,
            "Propaganda of invented outlets on the platforms that take part.",
            "Terms of service of the platform",
            everyone,
            tuple(MAIN_ITEMS),
        ),
        OperationSpec(
            DAYS_AFTER,
            "The days after: where the outlets went (demo)",
            date(2019, 11, 23),
            date(2019, 12, 31),
            "Outlets that lost their Telegram channels and reappear on other platforms.",
            "Terms of service of the platform",
            everyone,
            tuple(DAYS_AFTER_ITEMS),
        ),
    ]


# Telegram published these two daily totals itself; together 5,055. They are facts, so no scale changes them.
SELF_REPORTS = [
    SelfReportSpec(MAIN, "telegram", date(2019, 11, 22), "accounts and bots", 2096),
    SelfReportSpec(MAIN, "telegram", date(2019, 11, 23), "accounts and bots", 2959),
]
