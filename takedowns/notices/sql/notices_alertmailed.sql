-- The worker writes and reads it, which mails; and whoever was alerted reads their own.
ALTER TABLE notices_alertmailed ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON notices_alertmailed FOR SELECT
    USING ((SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person()));
CREATE POLICY written ON notices_alertmailed USING ((SELECT takedowns_asks_everything()));
