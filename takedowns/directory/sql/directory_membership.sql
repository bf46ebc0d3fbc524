-- The person's own, for whom the policies that go by a role ask, and, for a platform's person, those of that platform. Who else
-- has which role is the administrators' to know; who signs in is told by takedowns_roles_of().
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE directory_membership ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON directory_membership FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR user_id = (SELECT takedowns_asking_person())
    OR (SELECT takedowns_asking_person()) IS NOT NULL AND platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
);
CREATE POLICY added ON directory_membership FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON directory_membership FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON directory_membership FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON directory_membership REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON directory_membership REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON directory_membership REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
