"""The WSGI application, for gunicorn (``serving.py``)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from takedowns.postgres.parts import Part, begin_as

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takedowns.settings")
application = get_wsgi_application()
begin_as(Part.WEB)


def load_pages() -> None:
    """Load every page and its address, which Django leaves to the first request: so nobody waits for it, and processes share it."""
    from django.urls import reverse  # noqa: PLC0415 - once the settings are read

    from takedowns.identity.web import registrable_domain  # noqa: PLC0415 - as above

    reverse("web:home")
    registrable_domain("example.org")  # reads the list of public suffixes


load_pages()
# What is loaded by now stays until the process ends: the collector need not look through it again and again.
gc.collect()
gc.freeze()
