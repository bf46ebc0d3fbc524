#!/bin/sh
# Makes the two roles and the database when PostgreSQL is first started: docs/operators/processes.md.
set -eu
psql --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --username postgres --dbname postgres <<'SQL'
CREATE ROLE takedowns_owner LOGIN PASSWORD :'owner' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE takedowns_app LOGIN PASSWORD :'app' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE takedowns OWNER takedowns_owner;
REVOKE CONNECT ON DATABASE takedowns FROM PUBLIC;
GRANT CONNECT ON DATABASE takedowns TO takedowns_app;
GRANT pg_read_all_stats TO takedowns_app;
SQL
