"""The addresses of the pages of figures."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.figures.views import figures, files, publications
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path("figures/", figures.across_page, name="figures-across"),
    path("figures/definitions/", figures.definitions_page, name="figures-definitions"),
    path(f"{OPERATION}figures/", figures.figures_page, name="figures"),
    path(f"{OPERATION}figures/closer/", figures.closer_page, name="figures-closer"),
    path(f"{OPERATION}figures/came-back/", figures.came_back_page, name="came-back"),
    path(f"{OPERATION}figures/compare/", figures.compare_page, name="figures-compare"),
    path(f"{OPERATION}publications/", publications.publications, name="publications"),
    path(f"{OPERATION}publications/new/", publications.publish, name="publish"),
    path(f"{OPERATION}publications/<int:number>/", publications.publication, name="publication"),
    path(
        f"{OPERATION}publications/<int:number>/figures.<str:kind>",
        publications.publication_file,
        name="publication-file",
    ),
    path(f"{OPERATION}figures/report.<slug:file_format>", files.report_file, name="figures-report"),
    path(f"{OPERATION}figures/dictionary.csv", files.dictionary, name="figures-dictionary"),
    path(
        f"{OPERATION}figures/charts/<slug:chart>.<slug:file_format>", files.chart_file, name="figures-chart"
    ),
]
