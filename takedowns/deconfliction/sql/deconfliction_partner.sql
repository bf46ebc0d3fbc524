-- Its name is read by everybody who works for an agency and for no platform: they are told what it said. Services write, as the system.
ALTER TABLE deconfliction_partner ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON deconfliction_partner FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL AND (SELECT takedowns_asking_agencies()) IS NOT NULL
);
CREATE POLICY added ON deconfliction_partner FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON deconfliction_partner FOR UPDATE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON deconfliction_partner REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON deconfliction_partner REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON deconfliction_partner REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
