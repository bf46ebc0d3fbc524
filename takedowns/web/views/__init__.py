"""Views by page: they parse, call and render; no rule lives here."""
