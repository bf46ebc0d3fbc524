"""Every address of the application."""

from django.urls import URLPattern, URLResolver, include, path

from takedowns.web.admin_site import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("takedowns.api.urls")),
    path("account/", include("takedowns.accounts.allauth_urls")),
    path("admin/", site.urls),
    path("", include("takedowns.web.urls")),
]
handler500 = "takedowns.pages.failures.failed"
