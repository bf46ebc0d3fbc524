-- The ledger begins with what is there: each row of a table that has no entry yet at all becomes an entry "found". Run by
-- migrate, as the owner: once a table has entries, nothing is taken into the ledger this way again.
CREATE OR REPLACE FUNCTION takedowns_begin_entries() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public SET timezone = 'UTC' SET intervalstyle = 'postgres' SET bytea_output = 'hex' AS $$
DECLARE
    entered record;
    written bigint;
    total bigint := 0;
    begun boolean;
BEGIN
    IF to_regclass('ledger_entry') IS NULL THEN
        RETURN 0;
    END IF;
    FOR entered IN SELECT * FROM takedowns_entered_tables() LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE what = $1)' INTO begun USING entered.name;
        CONTINUE WHEN begun;
        EXECUTE format(
            'INSERT INTO ledger_entry (what, action, key, origin, referral_id, item_id, became, withheld)'
            ' SELECT $1, ''found'', fields->>$2, ''command migrate'', (fields->>''referral_id'')::uuid,'
            ' (fields->>''item_id'')::uuid, takedowns_entry_text(fields, false), takedowns_entry_text(fields, true)'
            ' FROM (SELECT to_jsonb(one) AS fields FROM %I AS one) AS found ORDER BY fields->>$2', entered.name
        ) USING entered.name, entered.key_column;
        GET DIAGNOSTICS written = ROW_COUNT;
        total := total + written;
    END LOOP;
    RETURN total;
END $$;
