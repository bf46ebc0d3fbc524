-- Of whoever takes part in the operation. Only services write; they ask as the system.
ALTER TABLE statements_reconciliation ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON statements_reconciliation FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
);
CREATE POLICY added ON statements_reconciliation FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON statements_reconciliation REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON statements_reconciliation REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON statements_reconciliation REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
