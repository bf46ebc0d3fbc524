-- As its referral, whose own policy the inner SELECT obeys: the provider is to know how long, too.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE orders_preservation ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON orders_preservation FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referral_id)
);
CREATE POLICY added ON orders_preservation FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON orders_preservation REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON orders_preservation REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON orders_preservation REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
