-- Puts a pseudonym in the place of a person who left, wherever their name or e-mail address stands outside what is sealed: in their
-- account, the record of accounts, invitations, and in every column that the ledger withholds. What the ledger's entries withheld with the
-- name in it goes, salt and all: the entries stay, and so do seals and heads. What is theirs alone (views, choices, factors) goes.
-- It runs as the owner, since it changes what nobody may change; so it does nothing but what a row of rights_pseudonym says that two
-- administrators, or time, have decided. Returns in how many rows of each table something gave way, and what it left.
CREATE OR REPLACE FUNCTION takedowns_put_pseudonym(wanted uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked rights_pseudonym;
    former directory_user;
    fresh_email text;
    by_email text;
    by_name text;
    changed bigint;
    done jsonb := '{}';
    entered record;
BEGIN
    SELECT * INTO asked FROM rights_pseudonym WHERE id = wanted FOR UPDATE SKIP LOCKED;
    SELECT * INTO former FROM directory_user WHERE id = asked.person_id;
    IF NOT takedowns_asks_everything() OR asked.done_at IS NOT NULL OR former.is_active IS DISTINCT FROM false
       OR NOT asked.is_due AND (asked.agreed_by_id IS NULL OR asked.agreed_by_id IN (asked.asked_by_id, asked.person_id)) THEN
        RAISE EXCEPTION 'Nobody has decided that.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Nothing is sealed meanwhile (ledger/sealing.py takes the same lock): a digest of what is about to go would be bound.
    PERFORM pg_advisory_xact_lock(1399153004);
    PERFORM set_config('pgtrigger.ignore', (
        SELECT array_agg(tgname::text)::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_append_only%'
    ), true);
    fresh_email := asked.email;
    by_email := '(?<![\w.+-])' || regexp_replace(former.email, '([^\w@])', '\\\1', 'g') || '(?![\w-])';
    -- A name in running text is theirs only where it has two words and nobody else has it.
    by_name := CASE WHEN former.name ~ '\w \w' AND NOT EXISTS (
        SELECT 1 FROM directory_user AS other WHERE other.name = former.name AND other.id <> former.id
    ) THEN '(?<!\w)' || regexp_replace(former.name, '([^\w\s])', '\\\1', 'g') || '(?!\w)' END;

    DELETE FROM account_emailconfirmation WHERE email_address_id IN (SELECT id FROM account_emailaddress WHERE user_id = former.id);
    DELETE FROM account_emailaddress WHERE user_id = former.id;
    DELETE FROM mfa_authenticator WHERE user_id = former.id;
    DELETE FROM socialaccount_socialtoken WHERE account_id IN (SELECT id FROM socialaccount_socialaccount WHERE user_id = former.id);
    DELETE FROM socialaccount_socialaccount WHERE user_id = former.id;
    DELETE FROM search_savedview WHERE user_id = former.id;
    DELETE FROM notices_attention WHERE user_id = former.id;
    DELETE FROM notices_alertchoice WHERE user_id = former.id;
    DELETE FROM directory_membership WHERE user_id = former.id;
    UPDATE directory_user SET email = fresh_email, name = asked.name, password = '!', language = '' WHERE id = former.id;
    UPDATE accounts_accountevent SET email = CASE WHEN email = former.email THEN fresh_email ELSE email END, address = NULL
    WHERE email = former.email OR by_id = former.id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    done := jsonb_build_object('accounts_accountevent', changed);
    UPDATE accounts_invitation SET email = fresh_email, name = asked.name WHERE email = former.email;
    GET DIAGNOSTICS changed = ROW_COUNT;
    done := done || jsonb_build_object('accounts_invitation', changed);

    FOR entered IN
        SELECT attribute.attrelid::regclass AS place, class.relname AS name, string_agg(format(
            '%1$I = regexp_replace(regexp_replace(%1$I::text, $1, $2, ''gi''), coalesce($3, ''.^''), $4, ''g'')::%2$s',
            attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
        ), ', ') AS settings, string_agg(format('%1$I::text ~* $1 OR %1$I::text ~ $3', attribute.attname), ' OR ') AS names_them
        FROM takedowns_entered_tables() AS known
        JOIN pg_class AS class ON class.relname = known.name AND class.relnamespace = 'public'::regnamespace
        JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
        WHERE attribute.atttypid IN ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype)
          AND takedowns_entry_text(jsonb_build_object(attribute.attname, 'x'), true) <> '{}'
          AND class.relname <> 'directory_user'
        GROUP BY attribute.attrelid, class.relname
    LOOP
        EXECUTE format('UPDATE %s SET %s WHERE %s', entered.place, entered.settings, entered.names_them)
        USING by_email, fresh_email, by_name, asked.name;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed > 0 THEN
            done := done || jsonb_build_object(entered.name, changed + coalesce((done->>entered.name)::bigint, 0));
        END IF;
    END LOOP;

    done := done || jsonb_build_object(
        'ledger_entry', takedowns_forget_withheld(by_email, by_name),
        'events_left', (SELECT count(*) FROM referrals_event WHERE details::text ~* by_email OR details::text ~ by_name)
    );
    PERFORM set_config('pgtrigger.ignore', '{}', true);
    UPDATE rights_pseudonym SET done_at = now(), outcome = done WHERE id = wanted;
    RETURN done;
END $$;
