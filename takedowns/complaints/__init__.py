"""Complaints of content providers, and what became of them."""
