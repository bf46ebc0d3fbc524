-- Referrals of an operation that were answered so, whose items nobody looked at since the longest delay after the answer, and when somebody
-- last did; for those who may see the whole operation. Of tens of thousands few are such: they are found here, and only these are judged row by row.
-- Looks past row-level security, as takedowns_looks() does and for the same reason. A platform's contact gets nothing here.
CREATE OR REPLACE FUNCTION takedowns_last_looks(of_operation uuid, answered text[], longest interval)
RETURNS TABLE (referral_id uuid, checked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp ROWS 500 AS $function$
    SELECT referral.id, item.checked_at
    FROM referrals_cell AS cell
    JOIN referrals_referral AS referral ON referral.cell_id = cell.id
    JOIN referrals_item AS item ON item.id = referral.item_id
    WHERE cell.operation_id = of_operation AND cell.status = ANY(answered)
      AND (item.checked_at IS NULL OR item.checked_at < referral.decided_at + longest)
      AND (SELECT takedowns_sees_operation(of_operation));
$function$;
