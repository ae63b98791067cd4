#!/usr/bin/env python3
"""Is this order paid? Read from Paystate's file, also while the daemon is stopped.

    is_paid_from_file.py eu-shop ORDER-17

$PAYSTATE_DATABASE is the file; members of the group paystate may read it. Exits with 0 (paid), 1 (not paid) or 2
(nobody knows).
"""

import contextlib
import os
import sqlite3
import sys
import urllib.parse

DATABASE = os.environ.get("PAYSTATE_DATABASE", "/var/lib/paystate/paystate.db")


def is_paid(account, reference):
    """Whether the order is paid, as far as was known when it was asked. Raises sqlite3.Error: never take that for
    False."""
    # Read-only: only the daemon may write. Closed at once: a read that stays open keeps its log from being emptied.
    uri = "file:" + urllib.parse.quote(os.path.abspath(DATABASE)) + "?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=5)) as database:
        query = "SELECT max(paid) FROM orders WHERE account = ? AND reference = ?"
        row = database.execute(query, (account, reference)).fetchone()
    return row[0] == 1  # the highest of all currencies; NULL where the order is not known


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        paid = is_paid(*arguments)
    except sqlite3.Error as error:
        print(f"{DATABASE}: {error}", file=sys.stderr)
        return 2
    print("paid" if paid else "not paid")
    return 0 if paid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
