-- How far readers of the log may go: before the oldest transaction in flight, in the log's epoch (takedowns_transaction.sql).
CREATE OR REPLACE FUNCTION takedowns_log_horizon() RETURNS xid8 LANGUAGE sql STABLE AS $$
    SELECT (
        (coalesce(pg_sequence_last_value('public.takedowns_log_epoch'::regclass), 0) << 44)
        + pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    )::text::xid8
$$;
