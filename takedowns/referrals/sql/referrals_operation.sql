-- For the agencies that take part, for one that has a referral in it still, and for a platform to which something was referred
-- in it: cells stay, so one that says "referred" tells that something was. The inner SELECT obeys the policy of cells.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_operation ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_operation FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
    OR id IN (
        SELECT cell.operation_id FROM referrals_cell AS cell
        WHERE cell.status = 'referred' OR cell.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
);
CREATE POLICY added ON referrals_operation FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_operation FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_operation FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON referrals_operation REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON referrals_operation REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON referrals_operation REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
