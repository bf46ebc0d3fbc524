-- As its operation.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE sending_dispatch ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON sending_dispatch FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
);
CREATE POLICY added ON sending_dispatch FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
