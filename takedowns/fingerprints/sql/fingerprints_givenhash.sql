-- The agency's that gave it, and of whoever sees the referral, whose own policy the inner SELECT obeys; a platform, too, which can look
-- for it among its own. Who gave it is told to agencies only (takedowns_hashes_of.sql names nobody).
ALTER TABLE fingerprints_givenhash ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON fingerprints_givenhash FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    OR EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referral_id)
);
CREATE POLICY added ON fingerprints_givenhash FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
