"""Figures we claim, each printed beside the bare limit measured in the same run: ``make bench``."""
