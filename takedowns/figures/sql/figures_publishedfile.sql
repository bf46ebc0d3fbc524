-- As its publication.
-- Only services write, after they have checked what the person may do; they ask as the system. Nothing is changed or taken back.
ALTER TABLE figures_publishedfile ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON figures_publishedfile FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR publication_id IN (SELECT publication.id FROM figures_publication AS publication)
);
CREATE POLICY added ON figures_publishedfile FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON figures_publishedfile REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON figures_publishedfile REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON figures_publishedfile REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
