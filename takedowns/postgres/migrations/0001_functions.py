"""Functions that later migrations' tables rest on."""

from django.db import migrations

UUID7 = """
-- RFC 9562, section 5.7: 48 bits of milliseconds, version, 74 random bits. PostgreSQL has uuidv7() from 18 on.
CREATE FUNCTION takedowns_uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(
        set_bit(
            set_bit(
                overlay(
                    uuid_send(gen_random_uuid())
                    PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                    FROM 1 FOR 6
                ), 52, 1
            ), 53, 1
        ), 'hex')::uuid
$$;
"""

ASKING = """
-- Who asks is named for one transaction at a time (directory/asking.py). Nobody named: nothing seen.
CREATE FUNCTION takedowns_asks_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('takedowns.everything', true), '') = 'on'
$$;
CREATE FUNCTION takedowns_asking_agencies() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif(current_setting('takedowns.agencies', true), ''), ',')::uuid[]
$$;
CREATE FUNCTION takedowns_asking_platforms() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif(current_setting('takedowns.platforms', true), ''), ',')
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(UUID7, "DROP FUNCTION takedowns_uuid7()"),
        migrations.RunSQL(
            ASKING,
            "DROP FUNCTION takedowns_asks_everything(), takedowns_asking_agencies(), takedowns_asking_platforms()",
        ),
    ]
