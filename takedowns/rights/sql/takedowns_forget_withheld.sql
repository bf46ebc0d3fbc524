-- Removes what entries of the ledger withheld where it fits one of two expressions, and the salts that bind it: what was there can then not be
-- guessed from the digest. The entries, their seals and every signed head stay valid (docs/security.md). Called by the owner's functions alone.
CREATE OR REPLACE FUNCTION takedowns_forget_withheld(by_email text, by_name text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entry record;
    seal record;
    gone bigint := 0;
BEGIN
    FOR entry IN
        SELECT number, xid, id, origin FROM ledger_entry WHERE withheld ~* by_email OR withheld ~ by_name ORDER BY number
    LOOP
        -- The address from where it was done is part of what is withheld, and stands in the origin (access/origin.py).
        UPDATE ledger_entry SET withheld = NULL, origin = CASE
            WHEN split_part(entry.origin, ' ', 1) IN ('key', 'link', 'command')
            THEN rtrim(split_part(entry.origin, ' ', 1) || ' ' || split_part(entry.origin, ' ', 2))
            ELSE split_part(entry.origin, ' ', 1)
        END WHERE number = entry.number;
        gone := gone + 1;
        SELECT first, size, ids INTO seal FROM ledger_seal
        WHERE (ledger_seal.xid, last_id) >= (entry.xid, entry.id) ORDER BY ledger_seal.xid, last_id LIMIT 1;
        CONTINUE WHEN seal.first IS NULL;
        UPDATE ledger_salts SET salts = overlay(salts PLACING decode(repeat('00', 16), 'hex') FROM at.place * 16 + 1 FOR 16)
        FROM (
            SELECT place FROM generate_series(0, seal.size - 1) AS place
            WHERE substr(seal.ids, place * 16 + 1, 16) = uuid_send(entry.id)
        ) AS at
        WHERE seal_id = seal.first;
    END LOOP;
    RETURN gone;
END $$;
