-- Whether a hold stands on an outlet, whoever's: an item that left it would slip out of that hold.
CREATE OR REPLACE FUNCTION takedowns_outlet_is_held(outlet uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(outlet = ANY ((SELECT takedowns_held_outlets())::uuid[]), false)
$$;
