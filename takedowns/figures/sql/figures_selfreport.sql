-- As its operation; and its platform reads its own.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE figures_selfreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON figures_selfreport FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
    OR platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
);
CREATE POLICY added ON figures_selfreport FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON figures_selfreport FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON figures_selfreport FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON figures_selfreport REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON figures_selfreport REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON figures_selfreport REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
