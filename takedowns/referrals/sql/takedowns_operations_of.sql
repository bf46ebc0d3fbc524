-- The operations that one of these agencies takes part in.
-- Parsed when it is made, so that nobody's search_path can put another table in the place of ours.
CREATE OR REPLACE FUNCTION takedowns_operations_of(agencies uuid[]) RETURNS TABLE (operation_id uuid)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT taking_part.operation_id FROM referrals_operation_agencies AS taking_part WHERE taking_part.agency_id = ANY (agencies);
END;
