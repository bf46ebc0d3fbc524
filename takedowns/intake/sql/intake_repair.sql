-- As its submission, whose own policy the inner SELECT obeys.
ALTER TABLE intake_repair ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON intake_repair USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM intake_submission AS whole WHERE whole.id = intake_repair.submission_id)
);
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON intake_repair REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON intake_repair REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON intake_repair REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
