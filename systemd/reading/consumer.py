#!/usr/bin/env python3
"""Follows Paystate's change feed, and keeps books: every transition at least once, in order, whatever is restarted.

    consumer.py /var/lib/paystate/paystate.db books.json

The second file keeps the last transition that was dealt with, and what the entries up to it add up to, by account and currency.
Delete it to begin again with the first transition; to begin with what comes now, write the newest one into it:

    sqlite3 -readonly /var/lib/paystate/paystate.db "SELECT json_object('seq', seq, 'recorded_at', recorded_at, 'books', json('{}'))
        FROM transitions ORDER BY seq DESC LIMIT 1" > books.json

What `deal_with` does must last before it returns, and it may see a transition again after a crash. The books do not count one
twice, because place and books are replaced together. To book exactly once in a database of your own, write the effect and the
place (seq and recorded_at) in one transaction of it, and let `kept` and `keep` use that; where that cannot be, send seq along as
the key by which the other side knows what it has booked.
"""

import json
import os
import sqlite3
import sys
import time
import urllib.parse

BATCH = 500
FEED = """
    SELECT seq, recorded_at, account, reference, payment_id, entity, entity_id, from_state, to_state, to_status, kind, amount_minor,
           moved_minor, currency, test, source, evidence_id
    FROM transitions WHERE seq > ? ORDER BY seq LIMIT ?
"""


def deal_with(transitions, books):
    """Your work: send the goods, tell the buyer, …. Here each transition is a line of JSON, an entry with the new balance."""
    for transition in transitions:
        print(json.dumps({**transition, **book(transition, books)}, ensure_ascii=False))
    sys.stdout.flush()


def book(transition, books):
    """Books what moved real money, and returns what its account now has in its currency. Payouts are no part of the balance."""
    moved = transition["moved_minor"]
    if moved is None or transition["test"] == 1:
        return {}
    page = books.setdefault(f"{transition['account']} {transition['currency']}", {"balance_minor": 0, "paid_out_minor": 0})
    if transition["kind"] == "payout":
        page["paid_out_minor"] -= moved
    else:
        page["balance_minor"] += moved
    return page


def kept(path):
    """The last transition that was dealt with, by seq and time, and the books. Anything but what `keep` wrote ends the program."""
    try:
        with open(path, encoding="utf-8") as file:
            state = json.load(file)
            return int(state["seq"]), state["recorded_at"], state["books"]
    except FileNotFoundError:
        return 0, "", {}


def keep(path, seq, recorded_at, books):
    """Survives a power cut: the file holds either the old place and books or the new ones, whole."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump({"seq": seq, "recorded_at": recorded_at, "books": books}, file, ensure_ascii=False, indent=2)
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
    seq, recorded_at, books = kept(place)
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
                deal_with([dict(row) for row in rows], books)
                seq, recorded_at = rows[-1]["seq"], rows[-1]["recorded_at"]
                keep(place, seq, recorded_at, books)
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
        sys.exit("usage: consumer.py DATABASE FILE-THAT-KEEPS-PLACE-AND-BOOKS")
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
