#!/usr/bin/env python3
"""Compares the schema of a ledger on SQLite with that of one on PostgreSQL: all tables and views must have the same columns in the
same order. Only reads. Prints what differs, and exits with 1 if anything does.

  compare_schemas.py paystate.db 'postgresql://paystate@/paystate?host=/run/postgresql'
"""

import contextlib
import sqlite3
import sys

import psycopg

SCHEMA = "paystate"
# What only the engine that has it needs: SQLite has a file's header and a lock on the file instead.
OF_POSTGRESQL = {"ledger", "lease"}


def of_sqlite(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        objects = database.execute(
            "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        ).fetchall()
        return {
            (kind, name): [column for column, in database.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", (name,))]
            for name, kind in objects
        }


def of_postgresql(url):
    columns = {}
    with psycopg.connect(url, options="-c default_transaction_read_only=on") as connection:
        rows = connection.execute(
            """
            SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'table' END, relname, attname
            FROM pg_catalog.pg_class
            JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
            JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
            WHERE nspname = %s AND relkind IN ('r', 'p', 'v')
            ORDER BY relname, attnum
            """,
            (SCHEMA,),
        )
        for kind, name, column in rows:
            if name not in OF_POSTGRESQL:
                columns.setdefault((kind, name), []).append(column)
    return columns


def differences(lite, post):
    for key in sorted(lite.keys() | post.keys()):
        kind, name = key
        if key not in post:
            yield f"{kind} {name}: only in SQLite"
        elif key not in lite:
            yield f"{kind} {name}: only in PostgreSQL"
        elif lite[key] != post[key]:
            yield f"{kind} {name}: SQLite has {', '.join(lite[key])}; PostgreSQL has {', '.join(post[key])}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    lite, post = of_sqlite(sys.argv[1]), of_postgresql(sys.argv[2])
    if not lite or not post:
        sys.exit("One of them holds no ledger.")
    found = list(differences(lite, post))
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
