-- Who wrote the text of the order that a referral asks for; NULL where nobody has. The heart asks it for four eyes: an order is approved on its text.
CREATE OR REPLACE FUNCTION takedowns_order_writer(of_referral uuid) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT written.written_by_id FROM orders_removalorder AS written WHERE written.referral_id = of_referral);
