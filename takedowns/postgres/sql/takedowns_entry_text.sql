-- What the ledger keeps of a row: the columns that may be shown to whoever checks it, or those that are withheld. Which is
-- which goes by the column's name, so that a new table needs no list of its own (tests/ledger/test_entries.py asks for
-- each column of text). Left out is what changes without anybody doing anything; of files and secrets the digest is kept.
CREATE OR REPLACE FUNCTION takedowns_entry_text(fields jsonb, withheld boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT takedowns_flat_json(coalesce(jsonb_object_agg(name, CASE
        WHEN value IS NULL THEN NULL
        WHEN name NOT IN (
            'document', 'content', 'bundle', 'body', 'lines', 'before', 'told', 'full_counts', 'pasted', 'selected', 'password', 'secret', 'former_secret', 'secret_hash'
        ) THEN value
        WHEN value LIKE '\\x%' THEN 'sha256:' || encode(sha256(decode(substr(value, 3), 'hex')), 'hex')
        ELSE 'sha256:' || encode(sha256(convert_to(value, 'UTF8')), 'hex')
    END), '{}'))
    FROM jsonb_each_text(fields) AS field (name, value)
    WHERE name NOT IN ('last_login', 'last_used_at', 'next_at', 'numbered', 'xid', 'event_id')
      AND withheld = (name IN (
        'name', 'email', 'phone', 'address', 'addresses', 'officer', 'contact', 'operator', 'to', 'mail_to', 'copy_to',
        'contact_point', 'legal_representative', 'redress_body', 'redress_deadline', 'filename', 'file_number', 'puid', 'url',
        'text', 'note', 'reason', 'reasons', 'what', 'scope', 'description', 'details', 'particulars', 'error', 'given', 'words',
        'columns', 'corrects', 'explanation', 'decision_explained', 'further_information', 'not_told_reason', 'emergency_reason',
        'impediment_explained', 'withdrawal_reason', 'about', 'found', 'becomes', 'site_url', 'taken_back_reason', 'release_reason', 'disabled_because'
      ))
$$;
