-- A link is read by whoever sees a referral of both its items; it is not the platform's to read.
ALTER TABLE verification_succession ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON verification_succession FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = verification_succession.item_id)
    AND EXISTS (
        SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = verification_succession.predecessor_id
    )
);
CREATE POLICY added ON verification_succession FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON verification_succession FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON verification_succession REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON verification_succession REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON verification_succession REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
