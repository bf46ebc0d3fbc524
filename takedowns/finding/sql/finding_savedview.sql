-- A view is its owner's alone, also from administrators: what somebody looks for is theirs.
ALTER TABLE finding_savedview ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON finding_savedview
    USING (user_id = (SELECT takedowns_asking_person())) WITH CHECK (user_id = (SELECT takedowns_asking_person()));
