#!/usr/bin/env python3
"""Receives what Paystate tells by `notify`, and proves it as Standard Webhooks wants it.

    PAYSTATE_NOTIFY_SECRET=whsec_… receive_events.py 8095 events.db

listens on 127.0.0.1:8095; events.db keeps the ids of the events that were dealt with. Events come at least once, and
in order: the next one comes when this one was answered 2xx. Whatever is answered otherwise comes again, for three
days unless `give_up_after` says otherwise.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGEST = 64 * 1024
TOLERANCE = 300  # seconds that our clock and Paystate's may differ, and that an event may be on its way
REMEMBERED = 90 * 86400  # seconds; longer than any `give_up_after`


def deal_with(event, database):
    """Your work: send the goods, tell the buyer, …. What it writes to `database` and the event's id are committed
    together. What it does elsewhere may happen twice after a crash: send `seq` along as the key by which the other
    side knows that."""
    order = event.get("reference") or event["payment_id"]
    print(event["seq"], event["type"], order, "paid" if event["paid"] else "not paid", flush=True)


class Unproved(Exception):
    """Nobody knows who sent this."""


def verify(secret, headers, body, now):
    """Returns the event's id, if Paystate has signed these bytes a short while ago. `secret` is `whsec_…`, `body` as
    it came."""
    id, timestamp = headers.get("webhook-id"), headers.get("webhook-timestamp", "")
    if not id or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise Unproved("the webhook headers are missing")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise Unproved("too old, or one of the clocks is wrong")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    expected = base64.b64encode(hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest())
    # While a secret is changed there may be several.
    for signature in headers.get("webhook-signature", "").split(" "):
        version, _, code = signature.partition(",")
        if version == "v1" and hmac.compare_digest(expected, code.encode()):
            return id
    raise Unproved("the signature is missing or wrong")


def accept(id, event, path):
    """Deals with an event once, whoever sends it however often."""
    with contextlib.closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, at INTEGER NOT NULL)")
        database.execute("BEGIN IMMEDIATE")
        try:
            if database.execute("INSERT OR IGNORE INTO event VALUES (?, unixepoch())", (id,)).rowcount:
                deal_with(event, database)
                database.execute("DELETE FROM event WHERE at < unixepoch() - ?", (REMEMBERED,))
            database.execute("COMMIT")
        except BaseException:
            database.execute("ROLLBACK")
            raise


class Handler(BaseHTTPRequestHandler):
    timeout = 10  # seconds for each read

    def do_POST(self):
        try:
            self.answer(self.receive())
        except OSError as error:
            print(f"the connection broke: {error}", file=sys.stderr)

    def receive(self):
        """The status to answer with."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return 411
        if int(length) > LARGEST:
            return 413
        body = self.rfile.read(int(length))
        try:
            id = verify(self.server.secret, self.headers, body, time.time())
        except Unproved as reason:
            print(f"refused: {reason}", file=sys.stderr)
            return 401
        try:
            accept(id, json.loads(body), self.server.path)
        except Exception as error:  # whatever it was, it is not done: the event comes again
            print(f"{id}: {error!r}", file=sys.stderr)
            return 500
        return 204

    def answer(self, status):
        self.send_response_only(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = True


def main(port, path):
    secret = os.environ.get("PAYSTATE_NOTIFY_SECRET", "")
    try:
        if not base64.b64decode(secret.removeprefix("whsec_"), validate=True):
            sys.exit("PAYSTATE_NOTIFY_SECRET is missing")
    except binascii.Error as error:
        sys.exit(f"PAYSTATE_NOTIFY_SECRET is no key: {error}")
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.secret, server.path = secret, path
    server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit("usage: receive_events.py PORT FILE-THAT-KEEPS-THE-IDS")
    try:
        main(int(sys.argv[1]), sys.argv[2])
    except KeyboardInterrupt:
        pass
