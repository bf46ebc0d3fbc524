-- An entry of the ledger for what changes no row of a table: that an export was made. It says "done"; no change of a row can
-- be feigned with it. The application has no other way to write entries.
CREATE OR REPLACE FUNCTION takedowns_note_entry(what text, key text, facts jsonb, withheld jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    written bigint;
    actor CONSTANT text[] := takedowns_actor();
BEGIN
    IF actor IS NULL THEN
        RAISE EXCEPTION 'Nobody is named who does this.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO ledger_entry (what, action, key, person_id, agency_id, origin, became, withheld)
    VALUES (
        takedowns_note_entry.what, 'done', takedowns_note_entry.key,
        nullif(actor[6], '')::uuid, nullif(actor[7], '')::uuid, coalesce(actor[8], ''),
        takedowns_flat_json(facts), takedowns_flat_json(takedowns_note_entry.withheld)
    )
    RETURNING number INTO written;
    RETURN written;
END $$;
