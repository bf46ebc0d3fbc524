"""A platform's desk: the pages on which its own people answer, as its API key does."""
