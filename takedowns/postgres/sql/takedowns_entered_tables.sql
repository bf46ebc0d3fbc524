-- The tables whose changes become entries of the ledger, each with the column of its primary key: as their triggers say.
CREATE OR REPLACE FUNCTION takedowns_entered_tables() RETURNS TABLE (name text, key_column text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT class.relname::text,
           coalesce(nullif(split_part(encode(found.tgargs, 'escape'), '\000', 1), ''), 'id')
    FROM pg_trigger AS found JOIN pg_class AS class ON class.oid = found.tgrelid
    WHERE found.tgname = 'ledger_added' AND class.relnamespace = 'public'::regnamespace
    ORDER BY 1
$$;
