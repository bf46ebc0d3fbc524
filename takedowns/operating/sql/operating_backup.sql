-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON operating_backup REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON operating_backup REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON operating_backup REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
-- The place of a backup is for whoever runs the installation: services read it, for the doctor and the metrics.
ALTER TABLE operating_backup ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON operating_backup FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON operating_backup FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
