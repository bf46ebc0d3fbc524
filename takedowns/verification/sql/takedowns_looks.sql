-- The looks at an operation's items, for those who may see the whole operation: asked once, not look by look.
-- Looks past row-level security, which would ask of each look whether its item has a visible referral: whoever takes part in
-- an operation sees all its referrals, hence all these looks. A platform's contact gets nothing here.
CREATE OR REPLACE FUNCTION takedowns_looks(of_operation uuid) RETURNS TABLE (
    id uuid, item_id uuid, at timestamptz, seen varchar, by_robot boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $function$
    SELECT look.id, look.item_id, look.at, look.seen, look.robot <> '' FROM verification_check AS look
    WHERE look.item_id IN (SELECT referral.item_id FROM referrals_referral AS referral WHERE referral.operation_id = of_operation)
      AND takedowns_sees_operation(of_operation);
$function$;
