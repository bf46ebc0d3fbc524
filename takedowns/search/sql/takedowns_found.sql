-- No index serves a condition that row-level security must not let see hidden rows, and matching words is one. So this
-- looks past it, returns ids alone, and only those of referrals that whoever asks takes part in.
CREATE OR REPLACE FUNCTION takedowns_found(typed text, handle text, most integer) RETURNS TABLE (referral_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
-- A word that very many have is looked up in some of them: nobody reads on that far.
SET gin_fuzzy_search_limit = 10000 AS $$
    WITH items AS MATERIALIZED (
        (SELECT id FROM referrals_item WHERE takedowns_words(key) @@ (SELECT takedowns_query(typed)) LIMIT most)
        UNION
        (SELECT id FROM referrals_item WHERE takedowns_handle(key) = takedowns_handle(handle) LIMIT most)
        UNION
        (SELECT item.id FROM referrals_outlet AS outlet JOIN referrals_item AS item ON item.outlet_id = outlet.id
         WHERE takedowns_words(outlet.name) @@ (SELECT takedowns_query(typed)) LIMIT most)
    ), found AS MATERIALIZED (
        SELECT referral.id FROM items JOIN referrals_referral AS referral ON referral.item_id = items.id
        UNION
        (SELECT id FROM referrals_referral
         WHERE listed_group <> '' AND takedowns_words(listed_group) @@ (SELECT takedowns_query(typed)) LIMIT most)
        UNION
        (SELECT event.referral_id FROM referrals_event AS event
         WHERE details ?| ARRAY['note', 'reason', 'question', 'answer']
           AND takedowns_words(takedowns_said(details)) @@ (SELECT takedowns_query(typed)) LIMIT most)
    )
    SELECT referral.id FROM found JOIN referrals_referral AS referral ON referral.id = found.id
    WHERE takedowns_sees_referral(
        referral.operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own),
        referral.agency_id, referral.platform_id, referral.referred_at IS NOT NULL,
        -- Staff search; a platform's contact gets nothing here.
        (SELECT takedowns_asks_everything()), (SELECT takedowns_asking_agencies()), NULL
    )
    ORDER BY referral.id DESC LIMIT most
$$;
