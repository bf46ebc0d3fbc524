"""Who looked: one entry for each page and call that shows something, in the transaction that gives it, or it is not given."""
