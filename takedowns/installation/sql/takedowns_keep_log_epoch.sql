-- Begins a new epoch of the log where the data stand on another server than before, and returns the epoch's number. Each new
-- connection calls it, so that nothing is written or read there in the old epoch. It changes nothing where nothing moved, so
-- anybody may call it.
--
-- Another server is another number of its own (pg_control_system), or another timeline: a server that was brought back to an
-- earlier moment, or a replica that took its place, may lack what readers have seen, and goes on with the same numbers.
--
-- The number is that of the hour since 2026 began, and at least one more than the last: two copies of one backup that went
-- into service one after the other have given out cursors, and the later one's are behind those, though neither knows of it.
CREATE OR REPLACE FUNCTION takedowns_keep_log_epoch() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    our_server text;
    our_timeline text;
    last record;
    fresh bigint;
    ahead boolean := false;
    log_table text;
BEGIN
    IF pg_is_in_recovery() OR to_regclass('installation_logepoch') IS NULL THEN
        RETURN NULL; -- a replica, on which nobody writes; or somebody has gone back to an earlier migration
    END IF;
    SELECT system_identifier::text INTO our_server FROM pg_control_system();
    our_timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
    SELECT * INTO last FROM installation_logepoch ORDER BY number DESC LIMIT 1;
    IF last.server = our_server AND last.timeline = our_timeline THEN
        RETURN last.number;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('takedowns log epoch'));
    SELECT * INTO last FROM installation_logepoch ORDER BY number DESC LIMIT 1; -- somebody else may have begun it
    IF last.server = our_server AND last.timeline = our_timeline THEN
        RETURN last.number;
    END IF;
    IF last.number IS NULL THEN -- what was there before there were epochs is the first, unless it came from elsewhere already
        FOREACH log_table IN ARRAY ARRAY['referrals_event', 'ledger_entry'] LOOP
            CONTINUE WHEN ahead OR to_regclass(log_table) IS NULL;
            EXECUTE format('SELECT coalesce(max(xid) >= pg_snapshot_xmax(pg_current_snapshot()), false) FROM %I', log_table) INTO ahead;
        END LOOP;
    END IF;
    fresh := greatest(0, last.number + 1, pg_sequence_last_value('takedowns_log_epoch'::regclass) + 1);
    IF last.number IS NOT NULL OR ahead THEN
        fresh := greatest(
            1, fresh, floor(extract(epoch FROM clock_timestamp() - timestamptz '2026-01-01 00:00+00') / 3600)::bigint
        );
    END IF;
    PERFORM setval('takedowns_log_epoch', fresh);
    INSERT INTO installation_logepoch (number, server, timeline) VALUES (fresh, our_server, our_timeline);
    RETURN fresh;
END $$;
