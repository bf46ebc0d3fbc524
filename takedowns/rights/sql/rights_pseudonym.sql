-- For administrators and auditors. Written by services, after they have checked what the person may do.
ALTER TABLE rights_pseudonym ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON rights_pseudonym FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON rights_pseudonym FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON rights_pseudonym FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY removed ON rights_pseudonym FOR DELETE USING ((SELECT takedowns_asks_everything()) AND done_at IS NULL);
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON rights_pseudonym REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON rights_pseudonym REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON rights_pseudonym REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
