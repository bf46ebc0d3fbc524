-- Takes what comments said out of the ledger's entries when they are deleted; the entries, their seals and every signed head stay valid.
CREATE OR REPLACE FUNCTION takedowns_forget_comments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM former_rows) THEN
        -- Nothing is sealed meanwhile (ledger/sealing.py takes the same lock): a digest of what is about to go would be bound.
        PERFORM pg_advisory_xact_lock(1399153004);
        -- What nobody may change changes here, and by the retention of comments alone.
        PERFORM set_config('pgtrigger.ignore', (
            SELECT array_agg(tgname::text)::text FROM pg_trigger
            WHERE tgname LIKE 'pgtrigger_append_only%' AND tgrelid IN ('ledger_entry'::regclass, 'ledger_salts'::regclass)
        ), true);
        PERFORM takedowns_forget_entry(number) FROM ledger_entry
        WHERE what = 'comments_comment' AND withheld IS NOT NULL AND key IN (SELECT id::text FROM former_rows);
        PERFORM set_config('pgtrigger.ignore', '{}', true);
    END IF;
    RETURN NULL;
END $$;
