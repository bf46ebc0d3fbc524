-- The coordinators of its operation see it, or the people of the platform that answers itself; whoever came by a link what was brought by one to the same hand-off; the services write it, after they have checked what the person may do.
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
    OR platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
    AND ((SELECT takedowns_asking_hand_off()) IS NULL OR hand_off::text[] = (SELECT takedowns_asking_hand_off()))
);
CREATE POLICY written ON answers_batch USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON answers_batch REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON answers_batch REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON answers_batch REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
