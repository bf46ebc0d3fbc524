-- A platform reads what is its own, an agency as well.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE webhooks_endpoint ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON webhooks_endpoint FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
    OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
CREATE POLICY added ON webhooks_endpoint FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON webhooks_endpoint FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON webhooks_endpoint FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON webhooks_endpoint REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON webhooks_endpoint REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON webhooks_endpoint REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
