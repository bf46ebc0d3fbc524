"""Every address of the application."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("takedowns.api.urls")),
    path("account/", include("takedowns.accounts.urls")),
    path("", include("takedowns.web.urls")),
]
