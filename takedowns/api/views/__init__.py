"""One file for each thing that callers deal with."""
