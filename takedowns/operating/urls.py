"""The addresses of running the place."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.operating import views

urlpatterns: list[URLPattern] = [
    path("health/", views.health, name="health"),
    path("livez", views.live, name="livez"),
    path("readyz", views.ready, name="readyz"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:job_id>/try-again/", views.try_again, name="job-try-again"),
]
