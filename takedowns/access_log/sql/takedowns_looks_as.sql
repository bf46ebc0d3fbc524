-- Whether whoever asks in this transaction may enter a look in a person's name: in their own, or a service that works for that
-- person, for nobody, or by itself. Asked for each row of the access log; its plan is kept, where one of a sub-select in the policy was
-- made anew for every page: a fifth of what an entry takes of the server.
CREATE OR REPLACE FUNCTION takedowns_looks_as(person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    actor CONSTANT text[] := takedowns_believed(current_setting('takedowns.actor', true));  -- takedowns_actor(), put in its place
BEGIN
    RETURN actor IS NOT NULL AND (
        nullif(actor[5], '')::uuid IS NOT DISTINCT FROM person
        OR actor[2] = 'on' AND (nullif(actor[6], '') IS NULL OR person IS NULL OR actor[6]::uuid = person)
    );
END $$;
