-- Read by whoever looked, by the coordinators of a referral's agency, and by auditors, administrators and services. Written for
-- oneself alone: nobody puts a look into somebody else's name, nor does a service that works for them. The partitions lie in a
-- schema that the application may not enter.
ALTER TABLE access_log_look ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON access_log_look FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR person_id = (SELECT takedowns_asking_person())
    OR referral_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM referrals_referral AS referral
        WHERE referral.id = access_log_look.referral_id AND referral.agency_id = ANY ((
            SELECT array_agg(agency_id) FROM directory_membership
            WHERE user_id = (SELECT takedowns_asking_person()) AND role = 'coordinator'
        )::uuid[])
    )
);
CREATE POLICY added ON access_log_look FOR INSERT WITH CHECK (takedowns_looks_as(person_id));
