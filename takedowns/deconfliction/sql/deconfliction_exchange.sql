-- Who asked how much is for administrators, auditors and services.
ALTER TABLE deconfliction_exchange ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON deconfliction_exchange FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON deconfliction_exchange FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON deconfliction_exchange FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each call becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON deconfliction_exchange REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON deconfliction_exchange REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON deconfliction_exchange REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
