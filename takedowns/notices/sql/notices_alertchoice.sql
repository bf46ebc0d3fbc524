-- How somebody wants to be alerted is theirs (and the worker's, which mails).
ALTER TABLE notices_alertchoice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notices_alertchoice
    USING ((SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person()))
    WITH CHECK ((SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person()));
