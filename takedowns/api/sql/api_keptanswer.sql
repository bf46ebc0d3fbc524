-- What a key was answered, which is full of referrals: for those the key belongs to.
ALTER TABLE api_keptanswer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON api_keptanswer USING (
    (SELECT takedowns_asks_everything())
    OR key_id IN (
        SELECT key.id FROM directory_apikey AS key
        WHERE key.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
           OR key.platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
    )
);
