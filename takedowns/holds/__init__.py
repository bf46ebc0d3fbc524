"""Holds: an agency's wish that an item or outlet is not referred now."""
