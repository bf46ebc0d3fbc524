-- Whether an item was seen online after a check since its referral had seen it offline, for lists.
-- Row-level security applies to whoever calls it.
CREATE OR REPLACE FUNCTION takedowns_back_online(of_item uuid, referred timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT 1 FROM verification_check AS look
        WHERE look.item_id = of_item AND look.seen = 'online' AND look.at > (
            SELECT min(gone.at) FROM verification_check AS gone
            WHERE gone.item_id = of_item AND gone.seen = 'offline' AND gone.at >= referred)
    )
$$;
