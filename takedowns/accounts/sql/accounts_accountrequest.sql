-- For administrators, through services that ask as the system.
ALTER TABLE accounts_accountrequest ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON accounts_accountrequest FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON accounts_accountrequest FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON accounts_accountrequest FOR UPDATE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON accounts_accountrequest REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON accounts_accountrequest REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON accounts_accountrequest REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
