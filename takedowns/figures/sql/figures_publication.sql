-- As its operation.
-- Only services write, after they have checked what the person may do; they ask as the system. Nothing is changed or taken back.
ALTER TABLE figures_publication ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON figures_publication FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
);
CREATE POLICY added ON figures_publication FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON figures_publication REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON figures_publication REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON figures_publication REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
