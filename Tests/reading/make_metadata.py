#!/usr/bin/env python3
"""Prints Datasette's metadata of a fresh database: what schema_docs says of every view and column, and the canned queries.

    Tests/reading/make_metadata.py >systemd/reading/metadata.yaml
"""

import json
import pathlib
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = """\
# Descriptions and queries for Datasette, made by `make metadata` from the database's own schema_docs: do not edit.
title: Paystate
description: The state of every payment, and the evidence for it. Views are the interface; tables are private and change.
license: Apache-2.0 (these descriptions and queries)
license_url: https://www.apache.org/licenses/LICENSE-2.0
source: the callbacks and status answers of payment gateways, as Paystate recorded them
databases:
  paystate:
"""


def fresh_database():
    """A database as the daemon lays it down at its first start."""
    database = sqlite3.connect(":memory:")
    # The views' functions become plain expressions where the daemon lays them down; nothing of them is called here.
    for name, count in (("paystate_time", 1), ("paystate_amount", 2), ("paystate_now", 0), ("paystate_larger", 2),
                        ("paystate_smaller", 2)):
        database.create_function(name, count, lambda *_: None)
    for folder in ("sqlite", "views"):
        for text in sorted((ROOT / "migrations" / folder).glob("*.sql")):
            database.executescript(text.read_text(encoding="utf-8"))
    return database


def names(database, kind):
    return [name for name, in database.execute(
        "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite%' ORDER BY name", (kind,))]


def quoted(text):
    """A JSON string is a YAML string."""
    return json.dumps(text, ensure_ascii=False)


def queries():
    """Each file of systemd/reading/queries: its name, its first line as title, what else it says of itself, its text."""
    for path in sorted((ROOT / "systemd" / "reading" / "queries").glob("*.sql")):
        text = path.read_text()
        head = []
        for line in text.splitlines():
            if not line.startswith("-- "):
                break
            head.append(line.removeprefix("-- "))
        yield path.stem, head[0], " ".join(head[1:]), text


class Undescribed(Exception):
    """A view or a column of which schema_docs says nothing; the text says what to do."""


def told(docs, view, column=""):
    if column in docs:
        return docs[column]
    what = f"the column {view}.{column}" if column else f"the view {view}"
    raise Undescribed(f"{what} has no description: add ('{view}', '{column}', '…') to the INSERT INTO schema_doc of "
                      f"migrations/views/{view}.sql")


def sortable(columns):
    """A log by its number, which costs nothing; others by times and amounts."""
    keys = [column for column in columns if column in ("seq", "id")]
    return keys or [column for column in columns if column.endswith(("_at", "_minor", "_24h"))]


def metadata(database):
    lines = ["    queries:"]
    for name, title, description, text in queries():
        lines += [f"      {name}:", f"        title: {quoted(title)}", f"        description: {quoted(description)}",
                  "        sql: |-"]
        lines += [f"          {line}".rstrip() for line in text.splitlines()]
    lines.append("    tables:")
    for view in names(database, "view"):
        docs = dict(database.execute('SELECT "column", description FROM schema_docs WHERE object = ?', (view,)))
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{view}")')]
        lines += [f"      {view}:", f"        description: {quoted(told(docs, view))}"]
        if columns[0] in ("seq", "id"):
            lines.append(f"        sort_desc: {columns[0]}")
        lines.append(f"        sortable_columns: [{', '.join(sortable(columns))}]")
        lines.append("        columns:")
        lines += [f"          {column}: {quoted(told(docs, view, column))}" for column in columns]
    for table in names(database, "table"):
        lines += [f"      {table}:", "        hidden: true"]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        print(metadata(fresh_database()), end="")
    except Undescribed as missing:
        sys.exit(f"{sys.argv[0]}: {missing}")
