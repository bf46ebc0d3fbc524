-- Until when a provider preserves what it took away on a removal order (Regulation (EU) 2021/784, Art. 6(2)): six months from the removal or
-- disabling, or as long as a court or authority asked for after that. NULL: nothing was taken away, or it is back. All who ask, ask here.
CREATE OR REPLACE FUNCTION takedowns_preserved_until(referral uuid) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT greatest(
        (of.decided_at AT TIME ZONE 'UTC' + interval '6 months') AT TIME ZONE 'UTC',
        (SELECT further.until FROM orders_preservation AS further WHERE further.referral_id = of.id
         ORDER BY further.recorded_at DESC, further.id DESC LIMIT 1)
    )
    FROM referrals_referral AS of JOIN orders_removalorder AS ordered ON ordered.referral_id = of.id
    WHERE of.id = referral AND of.status IN ('removed', 'restricted') AND ordered.issued_at IS NOT NULL
);
