-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON installation_logepoch REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('number');
CREATE TRIGGER ledger_changed AFTER UPDATE ON installation_logepoch REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('number');
CREATE TRIGGER ledger_removed AFTER DELETE ON installation_logepoch REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('number');
