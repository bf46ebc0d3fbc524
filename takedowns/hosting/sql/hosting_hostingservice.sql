-- Services read and write it, after they have checked what the person may do; they ask as the system.
ALTER TABLE hosting_hostingservice ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON hosting_hostingservice FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON hosting_hostingservice FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON hosting_hostingservice FOR UPDATE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON hosting_hostingservice REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('platform_id');
CREATE TRIGGER ledger_changed AFTER UPDATE ON hosting_hostingservice REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('platform_id');
CREATE TRIGGER ledger_removed AFTER DELETE ON hosting_hostingservice REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('platform_id');
