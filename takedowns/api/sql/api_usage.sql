-- Counts of calls are written once a call and worth nothing after a minute: no write-ahead log for them.
ALTER TABLE api_usage SET UNLOGGED;
