-- Whether a check since a referral saw its item offline, within a time of it (NULL: at any time), for lists. Whose check counts:
-- 'any', 'person', 'robot'; 'checked' asks whether any check could tell. Row-level security applies to whoever calls it.
CREATE OR REPLACE FUNCTION takedowns_verified(of_item uuid, referred timestamptz, within interval, whose text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT 1 FROM verification_check AS look
        WHERE look.item_id = of_item AND look.at >= referred AND (within IS NULL OR look.at <= referred + within)
          AND CASE WHEN whose = 'checked' THEN look.seen <> 'unknown' ELSE look.seen = 'offline' END
          AND CASE whose WHEN 'person' THEN look.robot = '' WHEN 'robot' THEN look.robot <> '' ELSE true END
    )
$$;
