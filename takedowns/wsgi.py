"""The WSGI application, for gunicorn (``serving.py``)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takedowns.settings")
application = get_wsgi_application()
# What is loaded by now stays until the process ends: the collector need not look through it again and again.
gc.collect()
gc.freeze()
