-- Makes the partitions of the access log for this month and so many to come. What the default partition took of such a month
-- meanwhile moves into it. Returns how many were made.
CREATE OR REPLACE FUNCTION takedowns_prepare_access_log(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first timestamptz;
    name text;
    made integer := 0;
BEGIN
    IF NOT takedowns_asks_everything() THEN
        RAISE EXCEPTION 'Only services keep the access log.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('takedowns access log'));
    FOR month IN 0..least(ahead, 24) LOOP
        first := date_trunc('month', now()) + make_interval(months => month);
        name := to_char(first, '"month_"YYYY_MM');
        CONTINUE WHEN to_regclass(format('access_log.%I', name)) IS NOT NULL;
        EXECUTE format('CREATE TABLE access_log.%I (LIKE access_log_look INCLUDING ALL)', name);
        -- Whoever writes into the default partition now waits until the month has its own.
        LOCK TABLE access_log.rest IN ACCESS EXCLUSIVE MODE;
        EXECUTE format(
            'WITH moved AS (DELETE FROM access_log.rest WHERE at >= %L AND at < %L RETURNING *) INSERT INTO access_log.%I SELECT * FROM moved',
            first, first + interval '1 month', name
        );
        EXECUTE format(
            'ALTER TABLE access_log_look ATTACH PARTITION access_log.%I FOR VALUES FROM (%L) TO (%L)',
            name, first, first + interval '1 month'
        );
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
