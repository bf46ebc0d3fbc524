"""``python -m tour``: pictures of the running demo."""

from __future__ import annotations

import os
import secrets
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "takedowns.settings")
os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
os.environ.setdefault("ALLOWED_HOSTS", "localhost")
django.setup()

if __name__ == "__main__":
    from tour.pictures import main

    sys.exit(main())
