-- Drops the months of the access log that ended before a moment, and deletes what else is that old. Returns how many months.
-- What a legal hold keeps of such a month moves into the default partition, and stays there until the hold is released.
CREATE OR REPLACE FUNCTION takedowns_forget_access_log(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    old text;
    gone integer := 0;
BEGIN
    IF NOT takedowns_asks_everything() THEN
        RAISE EXCEPTION 'Only services keep the access log.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('takedowns access log'));
    FOR old IN
        SELECT relname FROM pg_class WHERE relnamespace = 'access_log'::regnamespace AND relkind = 'r' AND relname ~ '^month_\d{4}_\d\d$'
           AND to_timestamp(relname, '"month_"YYYY_MM') + interval '1 month' <= before
    LOOP
        EXECUTE format('ALTER TABLE access_log_look DETACH PARTITION access_log.%I', old);
        EXECUTE format(
            'INSERT INTO access_log.rest SELECT look.* FROM access_log.%I AS look LEFT JOIN referrals_operation AS held'
            ' ON held.reference = look.operation WHERE takedowns_under_legal_hold(look.referral_id, held.id)', old
        );
        EXECUTE format('DROP TABLE access_log.%I', old);
        gone := gone + 1;
    END LOOP;
    DELETE FROM access_log.rest AS look WHERE at < before AND NOT takedowns_under_legal_hold(
        look.referral_id, (SELECT held.id FROM referrals_operation AS held WHERE held.reference = look.operation)
    );
    RETURN gone;
END $$;
