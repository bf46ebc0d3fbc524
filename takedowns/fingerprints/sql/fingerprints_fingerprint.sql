-- As the evidence, whose own policy the inner SELECT obeys.
ALTER TABLE fingerprints_fingerprint ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON fingerprints_fingerprint FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM evidence_evidence AS evidence WHERE evidence.id = evidence_id)
);
CREATE POLICY added ON fingerprints_fingerprint FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
