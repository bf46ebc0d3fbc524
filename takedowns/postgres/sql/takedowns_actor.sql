-- Who asks in this transaction, as takedowns_believed() takes it apart. NULL where nobody is named, where somebody else than
-- the application named them, and where they were named for another transaction.
CREATE OR REPLACE FUNCTION takedowns_actor() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT takedowns_believed(current_setting('takedowns.actor', true))
$$;
