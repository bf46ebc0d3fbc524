-- For administrators, through services that ask as the system.
ALTER TABLE accounts_invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON accounts_invitation FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON accounts_invitation FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON accounts_invitation FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON accounts_invitation FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON accounts_invitation REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON accounts_invitation REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON accounts_invitation REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
