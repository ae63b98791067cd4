#!/usr/bin/env python3
"""Follows Paystate's change feed: every transition at least once, in order, whatever is restarted.

    consumer.py /var/lib/paystate/paystate.db orders.kept

The second file keeps the last transition that was dealt with. Delete it to begin again with the first one; to begin with what
comes now, write the newest one into it:

    sqlite3 -readonly -separator ' ' /var/lib/paystate/paystate.db \\
        'SELECT seq, recorded_at FROM transitions ORDER BY seq DESC LIMIT 1' > orders.kept

What `deal_with` does must last before it returns, and it may see a transition again after a crash. For exactly once, make the
effect in a database of your own, write seq and recorded_at in the same transaction, and let `kept` and `keep` use that.
"""

import json
import os
import sqlite3
import sys
import time
import urllib.parse

BATCH = 500
FEED = """
    SELECT seq, recorded_at, account, payment_id, entity, entity_id, from_state, to_state, to_status, amount_minor,
           refunded_minor, source, evidence_id
    FROM transitions WHERE seq > ? ORDER BY seq LIMIT ?
"""


def deal_with(transitions):
    """Your work: mark the order as paid, send the goods, …. Here each transition becomes a line of JSON."""
    for transition in transitions:
        print(json.dumps(transition, ensure_ascii=False))
    sys.stdout.flush()


def kept(path):
    """The last transition that was dealt with: its seq and time. Anything but what `keep` wrote ends the program."""
    try:
        with open(path, encoding="ascii") as file:
            seq, recorded_at = file.read().split()
            return int(seq), recorded_at
    except FileNotFoundError:
        return 0, ""


def keep(path, seq, recorded_at):
    """Survives a power cut: the file holds either the old or the new transition, whole."""
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(f"{seq} {recorded_at}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def identity(path):
    """Changes when another file is put in the place of the database; a restart or an upgrade keeps it."""
    status = os.stat(path)
    return status.st_dev, status.st_ino


def connect(path):
    """Read-only: only the daemon may write, and only it may checkpoint. No transaction outlasts a statement."""
    uri = "file:" + urllib.parse.quote(os.path.abspath(path)) + "?mode=ro"
    database = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)
    database.row_factory = sqlite3.Row
    return database


def check(database, seq, recorded_at):
    """Stops where the feed is not the one that was followed until now: an older copy of the database was restored."""
    row = database.execute("SELECT recorded_at FROM transitions WHERE seq = ?", (seq,)).fetchone()
    if seq and (row is None or row["recorded_at"] != recorded_at):
        sys.exit(f"transition {seq} of {recorded_at} was dealt with, but the database has another history: was a backup "
                 "restored? Compare what was done since then by hand, then delete the file that keeps the place.")


def follow(path, place):
    """Deals with all that is new, waits for more; returns when another file is in the database's place."""
    seq, recorded_at = kept(place)
    mine = identity(path)
    database = connect(path)
    try:
        heard = None
        while identity(path) == mine:
            bell = database.execute("PRAGMA data_version").fetchone()[0]
            if bell == heard:
                time.sleep(0.2)
                continue
            heard = bell
            check(database, seq, recorded_at)
            # fetchall ends the read: one that stays open would keep the daemon's log from being emptied.
            while rows := database.execute(FEED, (seq, BATCH)).fetchall():
                if rows[0]["seq"] != seq + 1 or rows[-1]["seq"] != seq + len(rows):
                    sys.exit(f"the feed has a gap after {seq}")
                deal_with([dict(row) for row in rows])
                seq, recorded_at = rows[-1]["seq"], rows[-1]["recorded_at"]
                keep(place, seq, recorded_at)
    finally:
        database.close()


def main(path, place):
    complaint = None
    while True:
        try:
            follow(path, place)
        except (sqlite3.OperationalError, FileNotFoundError) as error:
            # Not there yet, busy, or may not be read: it is tried again, and told once.
            if str(error) != complaint:
                print(f"{path}: {error}; trying again", file=sys.stderr, flush=True)
            complaint = str(error)
            time.sleep(1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: consumer.py DATABASE FILE-THAT-KEEPS-THE-PLACE")
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
