-- Seen by auditors, administrators and services, and by the coordinators of the agency for which somebody looked. Written by services.
ALTER TABLE oversight_alarm ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON oversight_alarm FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR agency_id = ANY ((
        SELECT array_agg(agency_id) FROM directory_membership
        WHERE user_id = (SELECT takedowns_asking_person()) AND role = 'coordinator'
    )::uuid[])
);
CREATE POLICY added ON oversight_alarm FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON oversight_alarm FOR UPDATE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON oversight_alarm REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON oversight_alarm REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON oversight_alarm REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
