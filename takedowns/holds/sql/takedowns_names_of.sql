-- What an item goes by, and all that it lies under: "telegram:channel/12" and "telegram:channel". Asked of every item that is
-- handed in or dispatched.
CREATE OR REPLACE FUNCTION takedowns_names_of(its_platform text, its_key text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    name text := its_platform || ':';
    part text;
    names text[] := '{}';
BEGIN
    IF strpos(its_key, '/') = 0 THEN
        RETURN ARRAY[name || its_key];
    END IF;
    FOREACH part IN ARRAY string_to_array(its_key, '/') LOOP
        name := name || part;
        names := names || name;
        name := name || '/';
    END LOOP;
    RETURN names;
END $$;
