-- As its referral, whose own policy the inner SELECT obeys.
-- Only services write, after they have checked what whoever tells it may do; they ask as the system.
ALTER TABLE statements_statement ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON statements_statement FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referral_id)
);
CREATE POLICY added ON statements_statement FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON statements_statement FOR UPDATE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON statements_statement REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON statements_statement REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON statements_statement REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
