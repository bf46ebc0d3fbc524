-- A view is its owner's alone, also from administrators: what somebody looks for is theirs.
ALTER TABLE search_savedview ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON search_savedview
    USING (user_id = (SELECT takedowns_asking_person())) WITH CHECK (user_id = (SELECT takedowns_asking_person()));
