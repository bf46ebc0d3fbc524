-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON verification_schedule REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('operation_id');
CREATE TRIGGER ledger_changed AFTER UPDATE ON verification_schedule REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('operation_id');
CREATE TRIGGER ledger_removed AFTER DELETE ON verification_schedule REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('operation_id');
