-- Whoever sees a referral of an item may know that the item is on hold; whose hold it is and why stays behind the policy on
-- the table itself, which is why this looks past it.
CREATE OR REPLACE FUNCTION takedowns_items_on_hold() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT item.id FROM holds_hold AS hold
    JOIN referrals_item AS item ON takedowns_hold_covers(hold.item_id, hold.outlet_id, item.id, item.outlet_id)
    WHERE takedowns_hold_stands(hold.released_at, hold.ends_at)
      AND ((SELECT takedowns_asks_everything()) OR EXISTS (
          SELECT 1 FROM referrals_referral AS referral
          WHERE referral.item_id = item.id AND takedowns_sees_referral(
              referral.operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own),
              referral.agency_id, referral.platform_id, referral.referred_at IS NOT NULL,
              false, (SELECT takedowns_asking_agencies()), (SELECT takedowns_asking_platforms())
          )
      ))
$$;
