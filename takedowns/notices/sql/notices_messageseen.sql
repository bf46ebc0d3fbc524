-- What somebody has read is theirs to say, of messages they may see.
ALTER TABLE notices_messageseen ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON notices_messageseen FOR SELECT USING (
    (SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person())
);
CREATE POLICY added ON notices_messageseen FOR INSERT WITH CHECK (
    (SELECT takedowns_asks_everything())
    OR user_id = (SELECT takedowns_asking_person())
       AND EXISTS (SELECT 1 FROM notices_message AS message WHERE message.id = message_id)
);
