-- Its own agency's (and whoever sees everything).
ALTER TABLE intake_submission ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON intake_submission USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
