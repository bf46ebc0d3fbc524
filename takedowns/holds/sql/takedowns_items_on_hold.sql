-- Which of these items are on hold, as far as whoever asks sees a referral of them. That much they may know; whose hold it is
-- and why stays behind the policy on the table itself, which is why this looks past it.
CREATE OR REPLACE FUNCTION takedowns_items_on_hold(items uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT item.id FROM referrals_item AS item
    WHERE item.id = ANY (items)
      AND (
          takedowns_is_held(
              item.outlet_id, item.platform_id, item.key,
              (SELECT takedowns_held_names()), (SELECT takedowns_held_outlets())
          ) OR item.id IN (SELECT takedowns_held_since_placed())
      )
      AND ((SELECT takedowns_asks_everything()) OR EXISTS (
          SELECT 1 FROM referrals_referral AS referral
          WHERE referral.item_id = item.id AND takedowns_sees_referral(
              referral.operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own),
              referral.agency_id, referral.platform_id, referral.referred_at IS NOT NULL,
              false, (SELECT takedowns_asking_agencies()), (SELECT takedowns_asking_platforms())
          )
      ))
$$;
