"""The catalogues of translations under ``takedowns/locale``: collected, refreshed and compiled with Babel, without gettext's tools."""
