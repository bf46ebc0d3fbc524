-- How far a platform may read the log: takedowns_log_horizon(), but past transactions in flight that only load a list. What these
-- write is of referrals that were not sent yet, of which no platform is told, so a platform passes nothing of its own. A transaction
-- says so by a lock (referrals/log.py), which it keeps until after it has ended: one that is not seen here is waited for.
CREATE OR REPLACE FUNCTION takedowns_log_horizon_of_platforms() RETURNS xid8 LANGUAGE sql STABLE AS $$
    WITH loading AS (
        SELECT own.transactionid::text::bigint AS number
        FROM pg_catalog.pg_locks AS said
        JOIN pg_catalog.pg_locks AS own ON own.pid = said.pid
        WHERE said.locktype = 'advisory' AND said.granted AND said.objsubid = 2 AND said.classid = 1953260140 AND said.objid = 1
            AND said.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
            AND own.locktype = 'transactionid' AND own.granted AND own.mode = 'ExclusiveLock'
    )
    SELECT (
        (coalesce(pg_sequence_last_value('public.takedowns_log_epoch'::regclass), 0) << 44)
        + coalesce(
            (
                SELECT min(flying::text::bigint) FROM pg_snapshot_xip(pg_current_snapshot()) AS flying
                -- The lock names the lower half of the number.
                WHERE flying::text::bigint & 4294967295 NOT IN (SELECT number FROM loading)
            ),
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        )
    )::text::xid8
$$;
