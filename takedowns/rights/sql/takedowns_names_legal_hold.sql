-- Whether a text as it was sent (JSON) names anything that a legal hold keeps: the referral by its id, or any referral of the operation by
-- its reference; or an order whose content is preserved. It keeps too much rather than too little.
CREATE OR REPLACE FUNCTION takedowns_names_legal_hold(sent bytea) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (
    SELECT 1 FROM rights_legalhold AS hold JOIN referrals_operation AS operation ON operation.id = hold.operation_id
    WHERE hold.released_at IS NULL AND CASE
        WHEN hold.referral_id IS NULL THEN position(convert_to('"' || operation.reference || '-', 'UTF8') IN sent) > 0
        ELSE position(convert_to(hold.referral_id::text, 'UTF8') IN sent) > 0
    END
) OR position(convert_to('"removal_order"', 'UTF8') IN sent) > 0 AND EXISTS (
    SELECT 1 FROM orders_removalorder AS ordered
    WHERE position(convert_to(ordered.referral_id::text, 'UTF8') IN sent) > 0
      AND takedowns_preserved_until(ordered.referral_id) > now()
);
