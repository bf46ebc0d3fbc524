-- A name that analysts gave: for whoever sees a referral of one of its items (takedowns_sees_outlet.sql), so that no list, form
-- or suggestion names what another operation reads. Its platforms are not told it.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_outlet ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_outlet FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL AND takedowns_sees_outlet(id)
);
CREATE POLICY added ON referrals_outlet FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_outlet FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_outlet FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON referrals_outlet REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON referrals_outlet REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON referrals_outlet REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
