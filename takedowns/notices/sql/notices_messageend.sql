-- As its message, whose own policy the inner SELECT obeys.
ALTER TABLE notices_messageend ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON notices_messageend FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM notices_message AS message WHERE message.id = message_id)
);
CREATE POLICY added ON notices_messageend FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
