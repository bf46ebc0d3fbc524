-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE directory_directorychange ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON directory_directorychange FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON directory_directorychange FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON directory_directorychange REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON directory_directorychange REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON directory_directorychange REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
