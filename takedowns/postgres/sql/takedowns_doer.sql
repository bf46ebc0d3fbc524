-- Which person does what is done now, as the record keeps it: also where a service asks as the system on the way
-- (access/actor.py). NULL where no person stands behind it.
CREATE OR REPLACE FUNCTION takedowns_doer() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif((takedowns_actor())[6], '')::uuid
$$;
