-- Whether whoever asks sees the whole of an operation: all its referrals and figures. A platform's contact does not.
CREATE OR REPLACE FUNCTION takedowns_sees_operation(of_operation uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN takedowns_asks_everything() OR of_operation IN (SELECT own.operation_id FROM takedowns_own_operations() AS own);
