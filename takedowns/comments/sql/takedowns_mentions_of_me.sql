-- The referrals of an operation whose comments mention whoever asks, who has not read them: how many mentions, since when, the first referral.
-- In the statement that finds the operations: the start page pays no further one. NULL where nothing waits.
CREATE OR REPLACE FUNCTION takedowns_mentions_of_me(wanted uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
        'number', count(*), 'since', min(mention.at), 'first', (array_agg(mention.referral_id ORDER BY mention.at, mention.id))[1]
    ) END
    FROM comments_mention AS mention JOIN referrals_referral AS referral ON referral.id = mention.referral_id
    WHERE mention.user_id = takedowns_asking_person() AND mention.read_at IS NULL AND referral.operation_id = wanted
$$;
