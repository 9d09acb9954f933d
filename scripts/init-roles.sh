#!/bin/sh
# Makes the role that the portal runs as: it may work with rows, never change tables.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set=password="$APP_PASSWORD" <<'SQL'
CREATE ROLE portal_app LOGIN PASSWORD :'password';
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SQL
