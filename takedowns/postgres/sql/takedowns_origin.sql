-- Where what is done now comes from: page, key, command (access/origin.py). Empty where nobody said.
CREATE OR REPLACE FUNCTION takedowns_origin() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((takedowns_actor())[8], '')
$$;
