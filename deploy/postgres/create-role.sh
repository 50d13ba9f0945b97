#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: the database of Delta CI, and its owner,
# who is no superuser, but may see how old other people's transactions are.
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /run/secrets/database_password`
CREATE ROLE delta LOGIN PASSWORD :'password';
CREATE DATABASE delta OWNER delta;
GRANT pg_read_all_stats TO delta;
SQL
