-- Whether a legal hold keeps what is about a referral, or about an operation as a whole (either may be NULL): one on that referral, or
-- one on its whole operation; or the provider still preserves what it took away on that order (takedowns_preserved_until.sql), so that
-- what is about it stays as long here. What has a referral or an operation asks here (retention/services.py, rights/pseudonyms.py); of
-- what has neither, but names them in its text, takedowns_names_legal_hold.sql tells.
CREATE OR REPLACE FUNCTION takedowns_under_legal_hold(referral uuid, operation uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (
    SELECT 1 FROM rights_legalhold AS hold
    WHERE hold.released_at IS NULL AND (
        hold.referral_id = referral
        OR hold.referral_id IS NULL AND (
            hold.operation_id = operation
            OR hold.operation_id = (SELECT of.operation_id FROM referrals_referral AS of WHERE of.id = referral)
        )
    )
) OR coalesce(takedowns_preserved_until(referral) > now(), false);
