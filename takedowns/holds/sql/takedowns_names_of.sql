-- What an item goes by, and all that it lies under: "telegram:channel/12" and "telegram:channel".
CREATE OR REPLACE FUNCTION takedowns_names_of(its_platform text, its_key text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_agg(its_platform || ':' || array_to_string((string_to_array(its_key, '/'))[1:number], '/'))
    FROM generate_series(1, length(its_key) - length(replace(its_key, '/', '')) + 1) AS number;
END;
