-- Whoever sees its referral as somebody of an agency; who answers for a platform never does. The inner SELECT obeys the referral's policy.
ALTER TABLE comments_comment ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON comments_comment FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
       AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referral_id)
);
CREATE POLICY added ON comments_comment FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- By retention, which asks as the system.
CREATE POLICY deleted ON comments_comment FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON comments_comment REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON comments_comment REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON comments_comment REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
-- What was said goes from the ledger, too; that somebody said something, and its digest, stay. After the entry above, by its name.
CREATE TRIGGER then_forgets AFTER DELETE ON comments_comment REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_forget_comments();
