"""The addresses of the figures: the page, what came back, a comparison, and each of it as a file."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from takedowns.web.views import figures, figures_files

_ONE: Final = "operations/<slug:reference>/figures/"

urlpatterns: list[URLPattern] = [
    path(_ONE, figures.figures_page, name="figures"),
    path(f"{_ONE}closer/", figures.closer_page, name="figures-closer"),
    path(f"{_ONE}came-back/", figures.came_back_page, name="came-back"),
    path(f"{_ONE}compare/", figures.compare_page, name="figures-compare"),
    path(f"{_ONE}report.<slug:file_format>", figures_files.report_file, name="figures-report"),
    path(f"{_ONE}dictionary.csv", figures_files.dictionary, name="figures-dictionary"),
    path(f"{_ONE}charts/<slug:chart>.<slug:file_format>", figures_files.chart_file, name="figures-chart"),
]
