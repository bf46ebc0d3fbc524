-- Who asks is named for one transaction at a time (access/actor.py). Nobody named: nothing seen.
CREATE OR REPLACE FUNCTION takedowns_asks_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((takedowns_actor())[2] = 'on', false)
$$;
