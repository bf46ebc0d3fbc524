-- In UTC the hour is computed from a time without a zone, which is immutable: only then is the function inlined.
CREATE OR REPLACE FUNCTION takedowns_hour(moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(date_part('epoch', moment AT TIME ZONE 'UTC') / 3600)::bigint * 3600
$$;
