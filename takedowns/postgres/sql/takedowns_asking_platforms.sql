-- Which platforms whoever asks works for (access/actor.py). Nobody named: NULL, which equals none.
CREATE OR REPLACE FUNCTION takedowns_asking_platforms() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif((takedowns_actor())[4], ''), ',')
$$;
