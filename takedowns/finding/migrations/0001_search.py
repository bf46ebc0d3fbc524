"""Words to find referrals by: those of an item's key, of its outlet, of a listed group and of what people wrote."""

import unicodedata

from django.db import migrations

# The database may know no letters but ASCII's (locale C), so what is alike to a reader is said here: the same letter with
# and without its marks, large and small; and which signs beyond ASCII stand between words.
LETTERS = [chr(code) for code in (*range(0xC0, 0x250), *range(0x370, 0x530)) if chr(code).isalpha()]
SIGNS = [
    chr(code) for code in (*range(0x80, 0xC0), 0xD7, 0xF7, *range(0x2000, 0x2070), 0x60C, 0x61B, 0x61F, *range(0x3000, 0x3004))
    if not chr(code).isalnum()
]  # fmt: skip


def plain(letter: str) -> str:
    """Return the small letter without its marks; itself where that is more than one letter."""
    alike = unicodedata.normalize("NFD", letter)[0].lower()
    return alike if len(alike) == 1 else letter


ALIKE = {letter: plain(letter) for letter in LETTERS if plain(letter) != letter} | dict.fromkeys(SIGNS, " ")

# Our own cut, not a dictionary's: handles are no language, and what was handed in is in many. A word is what stands
# between signs that are neither letters nor digits; of a longer one than anybody types, the beginning serves.
WORDS = rf"""
CREATE FUNCTION takedowns_cut(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(regexp_split_to_array(
        regexp_replace(
            translate(lower(left(said, 4000)), '{"".join(ALIKE)}', '{"".join(ALIKE.values())}'),
            '([a-z0-9\u0080-\uffff]{{60}})[a-z0-9\u0080-\uffff]+', '\1', 'g'
        ), '[^a-z0-9\u0080-\uffff]+'
    ), '')
$$;
CREATE FUNCTION takedowns_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(public.takedowns_cut(said))
$$;
-- All words of what somebody typed; of the last one, if it is long enough, the beginning suffices. NULL without a word.
CREATE FUNCTION takedowns_query(typed text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(
        '''' || word || '''' || CASE WHEN length(word) >= 3 AND place = cardinality(words) THEN ':*' ELSE '' END, ' & '
    )::tsquery
    FROM public.takedowns_cut(typed) AS words CROSS JOIN unnest(words) WITH ORDINALITY AS each (word, place)
$$;
CREATE FUNCTION takedowns_said(details jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(details ->> 'note', '') || ' ' || coalesce(details ->> 'reason', '') || ' '
        || coalesce(details ->> 'question', '') || ' ' || coalesce(details ->> 'answer', '')
$$;
"""
# A search reads what is not merged into the index yet row by row, so little of that may gather.
INDEXES = """
CREATE INDEX item_by_words ON referrals_item USING gin (takedowns_words(key)) WITH (gin_pending_list_limit = 512);
CREATE INDEX referral_by_group_words ON referrals_referral USING gin (takedowns_words(listed_group))
    WITH (gin_pending_list_limit = 512) WHERE listed_group <> '';
CREATE INDEX event_by_words ON referrals_event USING gin (takedowns_words(takedowns_said(details)))
    WITH (gin_pending_list_limit = 512) WHERE details ?| ARRAY['note', 'reason', 'question', 'answer'];
"""
# No index serves a condition that row-level security must not let see hidden rows, and matching words is one. So this
# looks past it, returns ids alone, and only those of referrals that whoever asks takes part in.
FOUND = """
CREATE FUNCTION takedowns_found(typed text, handle text, most integer) RETURNS TABLE (referral_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off
-- A word that very many have is looked up in some of them: nobody reads on that far.
SET gin_fuzzy_search_limit = 10000 AS $$
    WITH items AS MATERIALIZED (
        (SELECT id FROM referrals_item WHERE takedowns_words(key) @@ (SELECT takedowns_query(typed)) LIMIT most)
        UNION
        (SELECT id FROM referrals_item WHERE takedowns_handle(key) = takedowns_handle(handle) LIMIT most)
        UNION
        (SELECT item.id FROM referrals_outlet AS outlet JOIN referrals_item AS item ON item.outlet_id = outlet.id
         WHERE takedowns_words(outlet.name) @@ (SELECT takedowns_query(typed)) LIMIT most)
    ), found AS MATERIALIZED (
        SELECT referral.id FROM items JOIN referrals_referral AS referral ON referral.item_id = items.id
        UNION
        (SELECT id FROM referrals_referral
         WHERE listed_group <> '' AND takedowns_words(listed_group) @@ (SELECT takedowns_query(typed)) LIMIT most)
        UNION
        (SELECT event.referral_id FROM referrals_event AS event
         WHERE details ?| ARRAY['note', 'reason', 'question', 'answer']
           AND takedowns_words(takedowns_said(details)) @@ (SELECT takedowns_query(typed)) LIMIT most)
    )
    SELECT referral.id FROM found JOIN referrals_referral AS referral ON referral.id = found.id
    WHERE takedowns_asks_everything()
       OR referral.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
       OR referral.operation_id IN (
           SELECT operation_id FROM referrals_operation_agencies
           WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
       )
       OR EXISTS (
           SELECT 1 FROM referrals_coreferral AS further WHERE further.referral_id = referral.id
             AND further.agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
       )
    ORDER BY referral.id DESC LIMIT most
$$;
"""
BACK = """
DROP FUNCTION takedowns_found(text, text, integer);
-- With every index that rests on them, also those of copies of the tables.
DROP FUNCTION takedowns_said(jsonb) CASCADE;
DROP FUNCTION takedowns_query(text);
DROP FUNCTION takedowns_words(text) CASCADE;
DROP FUNCTION takedowns_cut(text);
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_operations"), ("verification", "0004_resurfacing")]
    operations = [migrations.RunSQL(WORDS + INDEXES + FOUND, BACK)]
