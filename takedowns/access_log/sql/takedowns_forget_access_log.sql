-- Drops the months of the access log that ended before a moment, and deletes what else is that old. Returns how many months.
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
        EXECUTE format('DROP TABLE access_log.%I', old);
        gone := gone + 1;
    END LOOP;
    DELETE FROM access_log.rest WHERE at < before;
    RETURN gone;
END $$;
