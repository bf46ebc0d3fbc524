-- Removes what entries of the ledger withheld where it fits one of two expressions (takedowns_forget_entry.sql). Called by the owner's
-- functions alone.
CREATE OR REPLACE FUNCTION takedowns_forget_withheld(by_email text, by_name text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entry record;
    gone bigint := 0;
BEGIN
    FOR entry IN
        SELECT number FROM ledger_entry WHERE withheld ~* by_email OR withheld ~ by_name ORDER BY number
    LOOP
        PERFORM takedowns_forget_entry(entry.number);
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END $$;
