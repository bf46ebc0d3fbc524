-- What somebody reads and how they want to be told is theirs (and the worker's, which mails).
ALTER TABLE notices_attention ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notices_attention
    USING ((SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person()))
    WITH CHECK ((SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person()));
