ALTER TABLE ledger_signingkey ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ledger_signingkey FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON ledger_signingkey FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON ledger_signingkey REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON ledger_signingkey REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON ledger_signingkey REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
