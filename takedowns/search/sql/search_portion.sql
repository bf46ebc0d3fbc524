-- As its long change, whose policy the subquery asks. It names referrals by id alone, which tell nothing to whoever does not see them.
-- Only services write, which ask as the system.
ALTER TABLE search_portion ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON search_portion FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR long_change_id IN (SELECT long.id FROM search_longchange AS long)
);
CREATE POLICY added ON search_portion FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON search_portion FOR UPDATE USING ((SELECT takedowns_asks_everything()));
