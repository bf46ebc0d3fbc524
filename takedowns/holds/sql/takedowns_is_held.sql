-- Whether holds cover an item: one on what it goes by or lies under, or on its outlet. The last two arguments are
-- takedowns_held_names() and takedowns_held_outlets(). One expression without a sub-select, so that the planner puts it in the
-- place of the call, and the caller's sub-selects are computed once a statement. The same asked of one hold:
-- takedowns_hold_covers(); a test compares the two.
CREATE OR REPLACE FUNCTION takedowns_is_held(
    outlet uuid, platform text, key text, held_names text[], held_outlets uuid[]
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(takedowns_names_of(platform, key) && held_names, false) OR coalesce(outlet = ANY (held_outlets), false)
$$;
