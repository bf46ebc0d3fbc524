"""Removal orders (Regulation (EU) 2021/784): their text, parties, document, deadline and feedback."""
