-- Whether a referral went with the one hand-off that somebody sees who came by its link: the operation and the moment of the
-- dispatch (takedowns_asking_hand_off). NULL: who asks is not narrowed so.
CREATE OR REPLACE FUNCTION takedowns_within_hand_off(of_operation uuid, referred timestamptz, hand_off text[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN hand_off IS NULL OR (of_operation = hand_off[1]::uuid AND referred = hand_off[2]::timestamptz);
