"""Case management for referring terrorist content to platforms."""

#: Of this program. Shown on pages, by the API and in metrics; a backup is restored by the version that made it.
__version__ = "0.1.0"
