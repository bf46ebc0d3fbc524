-- As its submission, whose own policy the inner SELECT obeys.
ALTER TABLE intake_repair ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON intake_repair USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM intake_submission AS whole WHERE whole.id = intake_repair.submission_id)
);
