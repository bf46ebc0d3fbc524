-- The items that agencies of whoever asks handed in, or have a hold on: beside those of referrals they see. Not what else a hold
-- covers: a hold can be placed on any channel, and others' posts of it would be read out. It looks past the policies of the tables it reads, which say the same, so that the policy of items stays
-- one hash, made where it is needed first, and costs the planner little. It stands with the policy that rests on it, not with
-- the tables it reads: whoever takes their migrations back would have to drop it from under the policy.
CREATE OR REPLACE FUNCTION takedowns_own_items() RETURNS TABLE (item_id uuid)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT handed.item_id
    FROM intake_submission AS submission JOIN intake_submissionrow AS handed ON handed.submission_id = submission.id
    WHERE submission.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[]) AND handed.item_id IS NOT NULL
    UNION ALL
    SELECT hold.item_id FROM holds_hold AS hold
    WHERE hold.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[]) AND hold.item_id IS NOT NULL
$$;
