-- As its comment, whose own policy the inner SELECT obeys. Services write, which ask as the system.
ALTER TABLE comments_mention ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON comments_mention FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM comments_comment AS comment WHERE comment.id = comment_id)
);
CREATE POLICY added ON comments_mention FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON comments_mention FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON comments_mention FOR DELETE USING ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON comments_mention REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON comments_mention REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON comments_mention REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
