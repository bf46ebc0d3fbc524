-- Counts of tries, shared by all processes (accounts/counts.py): moments in seconds, or NULL for a mark that something was
-- used. Not worth a log: a crash forgets them.
CREATE UNLOGGED TABLE accounts_cache (
    cache_key text PRIMARY KEY, moments double precision[], expires timestamptz NOT NULL
);
CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
