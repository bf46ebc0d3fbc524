-- Its agency's and its platform's.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE orders_priornotice ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON orders_priornotice FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    OR platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
);
CREATE POLICY added ON orders_priornotice FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON orders_priornotice FOR UPDATE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON orders_priornotice REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON orders_priornotice REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON orders_priornotice REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
