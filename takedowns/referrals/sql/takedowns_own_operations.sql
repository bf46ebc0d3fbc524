-- The operations that an agency of whoever asks takes part in. As takedowns_operations_of(), but who asks is looked up once a
-- statement, which a sub-select as an argument would keep the planner from inlining.
CREATE OR REPLACE FUNCTION takedowns_own_operations() RETURNS TABLE (operation_id uuid)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT taking_part.operation_id FROM referrals_operation_agencies AS taking_part
    WHERE taking_part.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[]);
END;
