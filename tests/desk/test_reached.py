"""Each page of the desk is reached by links from where signing in leads."""

from __future__ import annotations

from takedowns.access.actor import SYSTEM
from takedowns.referrals.transitions import apply_to_all
from takedowns.web.urls import urlpatterns
from tests.browser.test_axe import NO_PAGES
from tests.desk.conftest import Desk
from tour.walk import _fetching, walk


def test_every_page_of_the_desk_is_reached_and_none_of_the_agencies(desk: Desk) -> None:
    apply_to_all("remove", [desk.by_name["demo_first"]], by=SYSTEM, action="visibility_removed")
    reached = {stop.page for stop in walk(_fetching(desk.manager), "manager")}
    pages = {f"web:{one.name}" for one in urlpatterns if str(one.name).startswith("desk")}
    assert pages - reached - NO_PAGES == set()
    assert {one for one in reached if one.startswith("web:")} - pages <= {"web:my-looks", "web:webhooks"}
