-- Whether whoever asks sees a referral of one of an outlet's items, and so its name. It looks past the policies of items and
-- referrals and asks for itself: the two of them, one for each item, would cost a page of referrals more than the rest of it.
CREATE OR REPLACE FUNCTION takedowns_sees_outlet(of_outlet uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM referrals_item AS item JOIN referrals_referral AS referral ON referral.item_id = item.id
        WHERE item.outlet_id = of_outlet AND takedowns_sees_referral(
            referral.operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own),
            referral.agency_id, referral.platform_id, referral.referred_at IS NOT NULL,
            (SELECT takedowns_asks_everything()), (SELECT takedowns_asking_agencies()), (SELECT takedowns_asking_platforms())
        )
        -- As in the policy of referrals: asked first whether it is narrowed at all.
        AND (
            (SELECT takedowns_asking_hand_off()) IS NULL
            OR takedowns_within_hand_off(referral.operation_id, referral.referred_at, (SELECT takedowns_asking_hand_off()))
        )
    )
$$;
