#!/bin/sh
# Makes the roles and the database when PostgreSQL is first started: docs/operators/processes.md.
set -eu
psql --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set web="$WEB_PASSWORD" --set api="$API_PASSWORD" \
    --set sign_in="$SIGN_IN_PASSWORD" --set worker="$WORKER_PASSWORD" --username postgres --dbname postgres <<'SQL'
CREATE ROLE takedowns_owner LOGIN PASSWORD :'owner' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE takedowns_app LOGIN PASSWORD :'app' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE takedowns_web LOGIN PASSWORD :'web' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE takedowns_api LOGIN PASSWORD :'api' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE takedowns_sign_in LOGIN PASSWORD :'sign_in' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE takedowns_worker LOGIN PASSWORD :'worker' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE takedowns OWNER takedowns_owner;
REVOKE CONNECT ON DATABASE takedowns FROM PUBLIC;
GRANT CONNECT ON DATABASE takedowns TO takedowns_app, takedowns_web, takedowns_api, takedowns_sign_in, takedowns_worker;
GRANT pg_read_all_stats TO takedowns_app, takedowns_worker;
SQL
