-- As its link, whose own policy the inner SELECT obeys.
-- Only services write; they ask as the system.
ALTER TABLE sending_answerlinkuse ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON sending_answerlinkuse FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM sending_answerlink AS link WHERE link.id = link_id)
);
CREATE POLICY added ON sending_answerlinkuse FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON sending_answerlinkuse REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON sending_answerlinkuse REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON sending_answerlinkuse REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
