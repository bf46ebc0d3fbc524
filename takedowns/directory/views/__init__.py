"""The pages of the directory: API keys, listed groups."""
