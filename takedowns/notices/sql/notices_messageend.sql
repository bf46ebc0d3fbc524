-- As its message, whose own policy the inner SELECT obeys.
ALTER TABLE notices_messageend ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON notices_messageend FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM notices_message AS message WHERE message.id = message_id)
);
CREATE POLICY added ON notices_messageend FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON notices_messageend REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('message_id');
CREATE TRIGGER ledger_changed AFTER UPDATE ON notices_messageend REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('message_id');
CREATE TRIGGER ledger_removed AFTER DELETE ON notices_messageend REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry('message_id');
