-- Which person asks (access/actor.py). Nobody named: NULL, which equals nobody.
CREATE OR REPLACE FUNCTION takedowns_asking_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif((takedowns_actor())[5], '')::uuid
$$;
