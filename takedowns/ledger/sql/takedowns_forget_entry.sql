-- Removes what one entry of the ledger withheld, and the salt that binds it: what was there can then not be guessed from the digest. The
-- entry, its seal and every signed head stay valid (docs/security.md). Called by the owner's functions alone, under the lock of sealing.
CREATE OR REPLACE FUNCTION takedowns_forget_entry(wanted bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entry record;
    seal record;
BEGIN
    -- The address from where it was done is part of what is withheld, and stands in the origin (access/origin.py).
    UPDATE ledger_entry SET withheld = NULL, origin = CASE
        WHEN split_part(origin, ' ', 1) IN ('key', 'link', 'command')
        THEN rtrim(split_part(origin, ' ', 1) || ' ' || split_part(origin, ' ', 2))
        ELSE split_part(origin, ' ', 1)
    END WHERE number = wanted RETURNING xid, id INTO entry;
    SELECT first, size, ids INTO seal FROM ledger_seal
    WHERE (ledger_seal.xid, last_id) >= (entry.xid, entry.id) ORDER BY ledger_seal.xid, last_id LIMIT 1;
    IF seal.first IS NULL THEN
        RETURN;
    END IF;
    UPDATE ledger_salts SET salts = overlay(salts PLACING decode(repeat('00', 16), 'hex') FROM at.place * 16 + 1 FOR 16)
    FROM (
        SELECT place FROM generate_series(0, seal.size - 1) AS place
        WHERE substr(seal.ids, place * 16 + 1, 16) = uuid_send(entry.id)
    ) AS at
    WHERE seal_id = seal.first;
END $$;
