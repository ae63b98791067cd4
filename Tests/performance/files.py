"""Files of many callbacks: the rows of a small one, which the real program has recorded, are copied within SQL, in bulk.

Ids are shifted, and digests and payments' names are random, as real ones are: the indexes get the shape that they have in use.
"""

import contextlib
import os
import pathlib
import shutil
import sqlite3

BYTES = 2200  # what a callback takes in the file
ANYWHERE = ("sqlite_autoindex_payment_1", "payment_by_card_token")  # the indexes in which a new payment belongs on any page
RANDOM = {"payment_id": "'EP-' || lower(hex(randomblob(6))) || '-' || {rowid}", "card_token": "lower(hex(randomblob(32)))"}


class TooLittleSpace(Exception):
    pass


def path(folder, callbacks):
    return pathlib.Path(folder) / f"callbacks-{callbacks}.db"


def make(seed, folder, callbacks):
    """A file of so many callbacks, made from the file `seed`; one that is there already is used again."""
    file = path(folder, callbacks)
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    free, needed = shutil.disk_usage(file.parent).free, int(callbacks * BYTES * 1.2)
    if free < needed:
        raise TooLittleSpace(f"{callbacks} callbacks need {needed >> 30} GiB in {file.parent}, of which {free >> 30} are free")
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(f"file:{seed}?mode=ro", uri=True)) as source, contextlib.closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as database:
        multiply(database, callbacks)
    part.rename(file)
    os.chmod(file, 0o640)
    return file


def warm(path):
    """Reads the indexes that each callback touches anywhere: a daemon that has run for a while has them in the page cache."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        read = database.execute("SELECT count(DISTINCT name) FROM dbstat WHERE name IN (?, ?)", ANYWHERE).fetchone()[0]
    if read < len(ANYWHERE):
        raise LookupError(f"{path} has no {' or no '.join(ANYWHERE)}")


def multiply(database, callbacks):
    """Copies what hangs on callbacks until there are at least so many."""
    run = database.execute
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -500000", "foreign_keys = off", "temp_store = file"):
        run(f"PRAGMA {pragma}")
    count = run("SELECT count(*) FROM callback").fetchone()[0]
    tables = [name for (name,) in run("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
              if run(f"SELECT count(*) FROM {name}").fetchone()[0] >= count]
    marks = ", ".join("?" * len(tables))
    later = run(f"SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name IN ({marks})",
                tables).fetchall()
    for kind, name, _ in later:
        run(f"DROP {kind} {name}")
    steps = {name: step(database, name) for name in tables}
    for turn in range(1, -(-callbacks // count)):
        run("BEGIN")
        for name in tables:
            run(statement(database, name, steps, turn))
        run("COMMIT")
    for _, _, sql in later:
        run(sql)
    run("PRAGMA journal_mode = wal")


def key(database, table):
    """The column that is the row's number, if there is one."""
    columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    keys = [(name, kind) for _, name, kind, _, _, place in columns if place]
    return keys[0][0] if len(keys) == 1 and keys[0][1] == "INTEGER" else None


def step(database, table):
    """By how much the numbers of a copy's rows are higher."""
    name = key(database, table)
    return database.execute(f"SELECT max({name}) FROM {table}").fetchone()[0] if name else 0


def statement(database, table, steps, turn):
    """The INSERT that copies the first rows of a table once more."""
    number = key(database, table)
    parents = {column: parent for _, _, parent, column, *_ in database.execute(f"PRAGMA foreign_key_list({table})")}
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    cells = [cell(name, table, number, parents, steps, turn) for name in columns]
    first = [f"{column} <= {steps[parent]}" for column, parent in parents.items() if steps.get(parent)]
    if number or not first:
        first = [f"{number or 'evidence'} <= {steps[table] or steps['callback']}"]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(cells)} FROM {table} WHERE {' AND '.join(first)}"


def cell(name, table, number, parents, steps, turn):
    if name == number:
        return f"{name} + {turn * steps[table]}"
    if name in ("evidence", "callback") and steps.get("callback"):
        return f"{name} + {turn * steps['callback']}"
    if steps.get(parents.get(name)):
        return f"{name} + {turn * steps[parents[name]]}"
    if "digest" in name:
        return f'randomblob(length("{name}"))'
    if name in ("operation_id", "moved_by"):
        return f'CAST(CAST("{name}" AS INTEGER) + {turn * 1_000_000} AS TEXT)'
    if name in RANDOM and table == "payment":
        return f'iif("{name}" IS NULL, NULL, {RANDOM[name].format(rowid=f"(id + {turn * steps[table]})")})'
    if name == "token":
        return "lower(hex(randomblob(32)))"
    return f'"{name}"'
