"""Seeded faults: does a test notice each? ``python -m tests.mutations`` tries them; ``*.toml`` list them."""
