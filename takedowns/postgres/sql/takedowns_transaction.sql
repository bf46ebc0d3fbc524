-- Where in the log a row stands that the current transaction writes: the transaction's number, within the log's epoch.
--
-- PostgreSQL counts transactions for each server by itself. Data that move to another (a restored backup, a dump taken along)
-- come to one that is at a lower number, and readers of the log would take what is new for what they have read. So the log has
-- epochs, and a place in it is (epoch, transaction) in one number: 19 bits and 44. All that is new stands behind all that is
-- old, and behind every cursor that was ever given out. installation/sql/takedowns_keep_log_epoch.sql begins an epoch.
-- In a sequence, since it is read for each row: reading a table would cost ten times as much.
CREATE OR REPLACE FUNCTION takedowns_transaction() RETURNS xid8 LANGUAGE sql VOLATILE AS $$
    SELECT (
        (coalesce(pg_sequence_last_value('public.takedowns_log_epoch'::regclass), 0) << 44)
        + pg_current_xact_id()::text::bigint
    )::text::xid8
$$;
