"""The addresses of all pages. An operation is named by its reference, as people say it: /operations/RAD19/."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.accounts import urls as accounts_urls
from takedowns.answers import urls as answers_urls
from takedowns.comments import urls as comments_urls
from takedowns.complaints import urls as complaints_urls
from takedowns.deconfliction import urls as deconfliction_urls
from takedowns.desk import urls as desk_urls
from takedowns.directory import urls as directory_urls
from takedowns.duties import urls as duties_urls
from takedowns.evidence import urls as evidence_urls
from takedowns.exchange import urls as exchange_urls
from takedowns.figures import urls as figures_urls
from takedowns.guide import urls as guide_urls
from takedowns.holds import urls as holds_urls
from takedowns.hosting import urls as hosting_urls
from takedowns.intake import urls as intake_urls
from takedowns.ledger import urls as ledger_urls
from takedowns.notices import urls as notices_urls
from takedowns.operating import urls as operating_urls
from takedowns.orders import urls as orders_urls
from takedowns.oversight import urls as oversight_urls
from takedowns.pages.routes import OPERATION
from takedowns.referrals import urls as referrals_urls
from takedowns.reminders import urls as reminders_urls
from takedowns.review import urls as review_urls
from takedowns.rights import urls as rights_urls
from takedowns.search import urls as search_urls
from takedowns.sending import urls as sending_urls
from takedowns.statements import urls as statements_urls
from takedowns.verification import urls as verification_urls
from takedowns.wallboard import urls as wallboard_urls
from takedowns.web.views import (
    agencies,
    checklist,
    court,
    dashboard,
    morning_after,
    outlets,
    platforms,
    referrals,
    retention,
    start,
)
from takedowns.webhooks import urls as webhooks_urls

app_name = "web"
urlpatterns: list[URLPattern] = [
    *figures_urls.urlpatterns,
    *notices_urls.urlpatterns,
    *orders_urls.urlpatterns,
    *sending_urls.urlpatterns,
    *reminders_urls.urlpatterns,
    *referrals_urls.urlpatterns,
    *wallboard_urls.urlpatterns,
    *accounts_urls.urlpatterns,
    *directory_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *deconfliction_urls.urlpatterns,
    *verification_urls.urlpatterns,
    *evidence_urls.urlpatterns,
    *comments_urls.urlpatterns,
    *ledger_urls.urlpatterns,
    *complaints_urls.urlpatterns,
    *statements_urls.urlpatterns,
    *exchange_urls.urlpatterns,
    *duties_urls.urlpatterns,
    *guide_urls.urlpatterns,
    *hosting_urls.urlpatterns,
    *search_urls.urlpatterns,
    *webhooks_urls.urlpatterns,
    *holds_urls.urlpatterns,
    *answers_urls.urlpatterns,
    *review_urls.urlpatterns,
    *intake_urls.urlpatterns,
    *operating_urls.urlpatterns,
    *oversight_urls.urlpatterns,
    *rights_urls.urlpatterns,
    path("platforms/", platforms.platforms, name="platforms"),
    path("platforms/make/", platforms.make, name="platform-make"),
    path("platforms/<slug:slug>/", platforms.platform, name="platform"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/<slug:slug>/", agencies.agency, name="agency"),
    path("retention/", retention.retention, name="retention"),
    path("hosts/<str:host>/take-back/", platforms.host_take_back, name="host-take-back"),
    path(f"{OPERATION}morning-after/", morning_after.morning_after, name="morning-after"),
    path("outlets/", outlets.outlets, name="outlets"),
    path("outlets/<uuid:outlet_id>/", outlets.outlet, name="outlet"),
    path("", start.start, name="home"),
    path("shortcuts/", start.shortcuts, name="shortcuts"),
    path(OPERATION, dashboard.board_page, name="board"),
    path(f"{OPERATION}checklist/", checklist.checklist_page, name="operation-checklist"),
    path(f"{OPERATION}waiting/", start.places_waiting, name="places-waiting"),
    path(f"{OPERATION}live/", dashboard.board_live, name="board-live"),
    path(f"{OPERATION}figures.csv", dashboard.export_csv, name="export-csv"),
    path(f"{OPERATION}figures.json", dashboard.export_json, name="export-json"),
    path(f"{OPERATION}referrals/", referrals.referrals, name="referrals"),
    path(f"{OPERATION}referrals/list.<slug:file_format>", referrals.referrals_file, name="referrals-file"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/", referrals.referral, name="referral"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/leave/", referrals.leave, name="leave"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/sealed/proof/", court.proof, name="proof"),
]
