-- The operations that an agency of whoever asks takes part in. It looks past the policy of the table it reads, which asks it.
CREATE OR REPLACE FUNCTION takedowns_own_operations() RETURNS TABLE (operation_id uuid)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp ROWS 20 AS $$
    SELECT taking_part.operation_id FROM referrals_operation_agencies AS taking_part
    WHERE taking_part.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
$$;
