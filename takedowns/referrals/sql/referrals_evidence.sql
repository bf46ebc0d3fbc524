-- An agency sees what it attached; coordinators of the operation see it too. Whoever answers for a platform never does.
-- That somebody coordinates is read from the memberships: the transaction names agencies and the person, not roles.
ALTER TABLE referrals_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_evidence FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND (
        agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
        OR referral_id IN (
            SELECT referral.id FROM referrals_referral AS referral
            JOIN referrals_operation_agencies AS taking_part ON taking_part.operation_id = referral.operation_id
            JOIN directory_membership AS membership ON membership.agency_id = taking_part.agency_id
            WHERE referral.id = referrals_evidence.referral_id AND membership.role = 'coordinator'
              AND membership.user_id = (SELECT takedowns_asking_person())
        )
    )
);
CREATE POLICY added ON referrals_evidence FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
