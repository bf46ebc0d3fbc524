"""Every address of the application."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from takedowns.api.urls import well_known
from takedowns.web.admin_site import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("takedowns.api.urls")),
    *well_known,
    path("account/", include("takedowns.accounts.allauth_urls")),
    path("admin/", site.urls),
    path("", include("takedowns.web.urls")),
]
if settings.DEBUG:
    urlpatterns.insert(0, path("components/", include("takedowns.pages.urls")))
handler400 = "takedowns.pages.failures.refused"
handler500 = "takedowns.pages.failures.failed"
