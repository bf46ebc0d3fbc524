-- Its own agency's (and whoever sees everything).
ALTER TABLE intake_submission ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON intake_submission USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON intake_submission REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON intake_submission REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON intake_submission REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
