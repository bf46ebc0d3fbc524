-- Why others' holds were lifted is read where the referral is, and by whose holds were lifted. Only services write, as the system.
ALTER TABLE holds_override ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON holds_override FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (
        SELECT 1 FROM referrals_referral AS referral
        WHERE referral.id = holds_override.referral_id
          AND referral.operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
    )
    OR EXISTS (SELECT 1 FROM holds_hold AS hold WHERE hold.override_id = holds_override.id)
);
CREATE POLICY added ON holds_override FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON holds_override FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON holds_override FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON holds_override REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON holds_override REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON holds_override REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
