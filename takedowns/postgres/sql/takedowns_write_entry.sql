-- What a statement did to rows becomes entries of the ledger, in its transaction, whoever it is. A trigger for each of
-- INSERT, UPDATE and DELETE calls it, with the column of the primary key where that is not "id". It looks past row-level
-- security: the application itself may not write entries. It stands here and not in the ledger's folder, since triggers
-- of every app rest on it.
CREATE OR REPLACE FUNCTION takedowns_write_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET intervalstyle = 'postgres' SET bytea_output = 'hex' AS $$
DECLARE
    key_column text := coalesce(TG_ARGV[0], 'id');
    former jsonb[];
    fresh jsonb[];
    actor CONSTANT text[] := takedowns_actor();
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT array_agg(to_jsonb(one)) INTO former FROM former_rows AS one;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT array_agg(to_jsonb(one)) INTO fresh FROM fresh_rows AS one;
    END IF;
    IF former IS NULL AND fresh IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO ledger_entry (
        what, action, key, person_id, agency_id, origin, referral_id, item_id, was, became, withheld
    )
    SELECT TG_TABLE_NAME,
           CASE WHEN before.key IS NULL THEN 'added' WHEN after.key IS NULL THEN 'removed' ELSE 'changed' END,
           coalesce(after.key, before.key),
           nullif(actor[6], '')::uuid, nullif(actor[7], '')::uuid, coalesce(actor[8], ''),
           (coalesce(after.row, before.row)->>'referral_id')::uuid,
           (coalesce(after.row, before.row)->>'item_id')::uuid,
           before.shown, after.shown, coalesce(after.withheld, before.withheld)
    FROM (
        SELECT one->>key_column AS key, one AS row, takedowns_entry_text(one, false) AS shown,
               takedowns_entry_text(one, true) AS withheld FROM unnest(former) AS one
    ) AS before FULL JOIN (
        SELECT one->>key_column AS key, one AS row, takedowns_entry_text(one, false) AS shown,
               takedowns_entry_text(one, true) AS withheld FROM unnest(fresh) AS one
    ) AS after ON after.key = before.key
    WHERE (before.shown, before.withheld) IS DISTINCT FROM (after.shown, after.withheld);
    RETURN NULL;
END $$;
