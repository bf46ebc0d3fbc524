-- The events that stand, of what was recorded before one (NULL: of all). A platform's answer that was corrected is not among
-- them; its correction is, as what the right answer says, of the moment at which that was given (answer_corrections.py).
-- Row-level security applies to whoever calls it; it is put in the place of its call.
CREATE OR REPLACE FUNCTION takedowns_standing_events(before_id uuid) RETURNS TABLE (
    id uuid, referral_id uuid, from_cell_id bigint, to_cell_id bigint, details jsonb, kind text, at timestamptz
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT said.id, said.referral_id, said.from_cell_id, said.to_cell_id, said.details,
           CASE said.kind WHEN 'correct_answer' THEN said.details->>'right_answer' ELSE said.kind END,
           CASE said.kind WHEN 'correct_answer' THEN (said.details->'decided_at'->>1)::timestamptz ELSE said.at END
    FROM referrals_event AS said
    WHERE (before_id IS NULL OR said.id < before_id) AND NOT EXISTS (
        SELECT 1 FROM referrals_event AS fix
        WHERE fix.kind = 'correct_answer' AND fix.referral_id = said.referral_id
          AND fix.details->>'corrects' = said.id::text AND (before_id IS NULL OR fix.id < before_id)
    )
$$;
