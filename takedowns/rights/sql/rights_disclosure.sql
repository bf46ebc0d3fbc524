-- Seen by auditors, administrators and services, and by the coordinators of the operation. Written by services.
ALTER TABLE rights_disclosure ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON rights_disclosure FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (
        SELECT part.operation_id FROM takedowns_operations_of((
            SELECT array_agg(agency_id) FROM directory_membership
            WHERE user_id = (SELECT takedowns_asking_person()) AND role = 'coordinator'
        )::uuid[]) AS part
    )
);
CREATE POLICY added ON rights_disclosure FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON rights_disclosure REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON rights_disclosure REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON rights_disclosure REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
