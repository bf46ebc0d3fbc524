-- As its operation.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE search_longchange ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON search_longchange FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
);
CREATE POLICY added ON search_longchange FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON search_longchange FOR UPDATE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON search_longchange REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON search_longchange REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON search_longchange REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
