-- The coordinators of its operation see it; the services write it, after they have checked what the person may do.
-- That somebody coordinates is read from the memberships: the transaction names agencies and the person, not roles.
ALTER TABLE answers_batch ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON answers_batch FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND operation_id IN (
        SELECT coordinated.operation_id FROM takedowns_operations_of((
            SELECT array_agg(agency_id) FROM directory_membership
            WHERE user_id = (SELECT takedowns_asking_person()) AND role = 'coordinator'
        )) AS coordinated
    )
);
CREATE POLICY written ON answers_batch USING ((SELECT takedowns_asks_everything()));
