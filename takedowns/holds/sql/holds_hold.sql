-- A hold says that it exists, not whose it is: only its own agency reads the row.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE holds_hold ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON holds_hold FOR SELECT USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
CREATE POLICY added ON holds_hold FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON holds_hold FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON holds_hold FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON holds_hold REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON holds_hold REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON holds_hold REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
