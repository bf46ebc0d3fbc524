-- A key is its own program's to read: the digest of its secret, its scopes, its end. No person reads it but administrators; what
-- checks a secret asks as the system (directory/keys.py).
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE directory_apikey ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON directory_apikey FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_person()) IS NULL
    AND (
        agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
        OR platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
    )
);
CREATE POLICY added ON directory_apikey FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON directory_apikey FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON directory_apikey FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON directory_apikey REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON directory_apikey REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON directory_apikey REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
