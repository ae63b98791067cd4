#!/usr/bin/env python3
"""Follows Paystate's change feed, and keeps books: every transition at least once, in order, whatever is restarted.

    consumer.py /var/lib/paystate/paystate.db books.json
    consumer.py 'postgresql://shop@db1,db2/paystate' books.json

The database is a SQLite file, or PostgreSQL (with psycopg: `apt install python3-psycopg`; the password is in $PGPASSWORD or
~/.pgpass). Both are asked for what comes after the last transition; where PostgreSQL can, it rings a bell, so that nobody waits.

The second file keeps the last transition that was dealt with, and what the entries up to it add up to, by account and currency.
Delete it to begin again with the first transition; to begin with what comes now, write the newest one into it:

    sqlite3 -readonly /var/lib/paystate/paystate.db "SELECT json_object('seq', seq, 'recorded_at', recorded_at, 'books', json('{}'))
        FROM transitions ORDER BY seq DESC LIMIT 1" > books.json
    psql -At postgresql://… -c "SELECT json_build_object('seq', seq, 'recorded_at', recorded_at, 'books', '{}'::json)
        FROM paystate.transitions ORDER BY seq DESC LIMIT 1" > books.json

What `deal_with` does must last before it returns, and it may see a transition again after a crash. The books do not count one
twice, because place and books are replaced together. To book exactly once in a database of your own, write the effect and the
place (seq and recorded_at) in one transaction of it, and let `kept` and `keep` use that; where that cannot be, send seq along as
the key by which the other side knows what it has booked.
"""

import json
import os
import select
import sqlite3
import sys
import time
import urllib.parse

BATCH = 500
COLUMNS = """seq, recorded_at, account, reference, payment_id, entity, entity_id, from_state, to_state, to_status, kind, amount_minor,
             moved_minor, currency, test, source, evidence_id"""


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


class SQLiteFeed:
    """Read-only: only the daemon may write, and only it may checkpoint. No transaction outlasts a statement."""

    troubles = (sqlite3.OperationalError, FileNotFoundError)

    def __init__(self, path):
        self.path = self.name = path

    def __enter__(self):
        self.file = self.identity()
        uri = "file:" + urllib.parse.quote(os.path.abspath(self.path)) + "?mode=ro"
        self.database = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)
        self.database.row_factory = sqlite3.Row
        self.heard = self.bell()
        return self

    def __exit__(self, *error):
        self.database.close()

    def identity(self):
        """Changes when another file is put in the place of the database; a restart or an upgrade keeps it."""
        status = os.stat(self.path)
        return status.st_dev, status.st_ino

    def bell(self):
        """Changes with each commit."""
        return self.database.execute("PRAGMA data_version").fetchone()[0]

    def may_be_behind(self):
        return False

    def transitions(self, seq, count):
        """From `seq` on, at most so many."""
        # fetchall ends the read: one that stays open would keep the daemon's log from being emptied.
        rows = self.database.execute(
            f"SELECT {COLUMNS} FROM transitions WHERE seq >= ? ORDER BY seq LIMIT ?", (seq, count)).fetchall()
        return [dict(row) for row in rows]

    def wait(self):
        """Waits for a commit. Returns False when another file is in the database's place, and this one is to be left."""
        while self.identity() == self.file:
            bell = self.bell()
            if bell != self.heard:
                self.heard = bell
                return True
            time.sleep(0.2)
        return False


class PostgreSQLFeed:
    """NOTIFY is only a bell: it is lost while nobody listens, a standby refuses LISTEN, and a pooler may swallow it. So the feed is
    asked every second anyway. A connection that breaks is opened again, on whichever server answers."""

    # A server that vanished without a word is given up after ten seconds. What the URL says goes before these.
    PATIENCE = {"connect_timeout": "5", "tcp_user_timeout": "10000", "application_name": "paystate consumer"}

    def __init__(self, url):
        try:
            import psycopg
        except ImportError:
            sys.exit("psycopg is missing: apt install python3-psycopg")
        self.psycopg = psycopg
        self.settings = {**self.PATIENCE, **psycopg.conninfo.conninfo_to_dict(url)}
        self.name = f"database {self.settings.get('dbname', '')} on {self.settings.get('host', 'this machine')}"
        # The last two are what is said before the daemon has laid down the views, or the rights to read them are given.
        self.troubles = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.UndefinedTable,
                         psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege)

    def __enter__(self):
        # Each statement is a transaction of its own, and none is prepared: a pooler may send the next one elsewhere.
        self.database = self.psycopg.connect(**self.settings, autocommit=True, prepare_threshold=None,
                                             row_factory=self.psycopg.rows.dict_row)
        self.has_rung = False
        self.database.add_notify_handler(self.ring)
        try:
            # Before the first read, so that nothing falls between the two.
            self.database.execute("LISTEN paystate")
        except self.psycopg.DatabaseError:
            if self.database.broken:
                raise
        return self

    def __exit__(self, *error):
        self.database.close()

    def ring(self, notification):
        self.has_rung = True

    def may_be_behind(self):
        """A standby may not have yet what another server has said before."""
        return self.database.execute("SELECT pg_is_in_recovery() AS behind").fetchone()["behind"]

    def transitions(self, seq, count):
        """From `seq` on, at most so many."""
        return self.database.execute(
            f"SELECT {COLUMNS} FROM paystate.transitions WHERE seq >= %s ORDER BY seq LIMIT %s", (seq, count)).fetchall()

    def wait(self):
        """Waits for the bell, a second at most."""
        # The one that rang during the last statement was taken from the socket with its answer, and does not ring there again.
        if not self.has_rung:
            select.select([self.database.fileno()], [], [], 1)
        self.has_rung = False
        return True


def check(found, seq, recorded_at):
    """Stops where the feed is not the one that was followed until now: an older copy of the database was restored, or a standby
    that lacked what the primary had said became the primary."""
    if seq and not (found and found[0]["seq"] == seq and found[0]["recorded_at"] == recorded_at):
        sys.exit(f"transition {seq} of {recorded_at} was dealt with, but the database has another history: was a backup "
                 "restored? Compare what was done since then by hand, then delete the file that keeps the place.")


def follow(feed, place):
    """Deals with all that is new, and waits for more."""
    seq, recorded_at, books = kept(place)
    while True:
        # The last one that was dealt with and what follows it, as of one moment.
        found = feed.transitions(seq, BATCH)
        if not found and feed.may_be_behind():
            feed.wait()
            continue
        check(found, seq, recorded_at)
        rows = [row for row in found if row["seq"] > seq]
        if not rows:
            if not feed.wait():
                return
            continue
        if rows[0]["seq"] != seq + 1 or rows[-1]["seq"] != seq + len(rows):
            sys.exit(f"the feed has a gap after {seq}")
        deal_with(rows, books)
        seq, recorded_at = rows[-1]["seq"], rows[-1]["recorded_at"]
        keep(place, seq, recorded_at, books)


def main(database, place):
    feed = PostgreSQLFeed(database) if database.startswith(("postgresql://", "postgres://")) else SQLiteFeed(database)
    complaint = None
    while True:
        try:
            with feed:
                follow(feed, place)
        except feed.troubles as error:
            # Not there yet, busy, restarting, or may not be read: it is tried again, and told once.
            if str(error) != complaint:
                print(f"{feed.name}: {str(error).strip()}; trying again", file=sys.stderr, flush=True)
            complaint = str(error)
            time.sleep(1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: consumer.py DATABASE FILE-THAT-KEEPS-PLACE-AND-BOOKS")
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
