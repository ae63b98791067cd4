#!/usr/bin/env python3
"""The same callbacks, status answers and instructions, told to a daemon on SQLite and to one on PostgreSQL: the same rows in all views.

    same_rows.py --binary PATH [--seconds 30] [--seed N] [--both-on-sqlite]

What happens is told to one daemon and then to the other, one thing after another. Then each public view is read on both engines and
compared row by row. Only the daemons' own clocks differ: a time that is not of the past that the gateways speak of is compared by
whether it is there. With --both-on-sqlite the comparison is shown to find nothing where nothing differs. Exits with 1 if anything differs.
"""

import argparse
import decimal
import http.client
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter

from callbacks import SECRET
from daemon import Receiver
from gateway import Gateway
from histories import PROJECT, SHOP, Histories
from servers import Server, url

# How long it has been silent is another number whenever one looks.
BY_THE_CLOCK = {"account_health": {"silent_for_seconds", "usual_silence_seconds", "is_silent"}}
OUR_TIME = re.compile(r"20(2[4-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DUE = " UNION ALL ".join(f"SELECT {entity}, next_poll_at FROM {view} WHERE next_poll_at < '{{0}}'" for view, entity in
                         (("payments", "payment_id"), ("operations", "operation_id"), ("checkouts", "token"), ("subscriptions", "subscription_id")))


def plain(value):
    """A value as both engines can say it."""
    if isinstance(value, (bool, decimal.Decimal)):
        return int(value)
    if isinstance(value, memoryview):
        return bytes(value)
    return OUR_TIME.sub("TIME", value) if isinstance(value, str) else value


class SQLiteSide:
    name = "SQLite"

    def __init__(self, folder, name):
        self.database, self.connection = os.path.join(folder, f"{name}.db"), None

    def rows(self, sql):
        if self.connection is None:
            self.connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        cursor = self.connection.execute(sql)
        return [column[0] for column in cursor.description], cursor.fetchall()

    def views(self):
        return {row[0] for row in self.rows("SELECT name FROM sqlite_schema WHERE type = 'view'")[1]}


class PostgreSQLSide:
    name = "PostgreSQL"

    def __init__(self, folder, server):
        self.server, self.database, self.connection = server, url([server]), None
        with server.connect() as connection:
            connection.execute("CREATE DATABASE paystate")

    def rows(self, sql):
        if self.connection is None:
            self.connection = self.server.connect("paystate")
            self.connection.execute("SET search_path = paystate")
        cursor = self.connection.execute(sql)
        return [column.name for column in cursor.description], cursor.fetchall()

    def views(self):
        return {row[0] for row in self.rows("SELECT table_name FROM information_schema.views WHERE table_schema = 'paystate'")[1]}


class Comparison:
    def __init__(self, options, folder, server):
        self.histories, self.folder, self.differences = Histories(options.seed), folder, []
        self.statuses, self.random = Counter(), random.Random(f"{options.seed} order")
        self.gateway = Gateway(1, self.answer)
        self.sides = [SQLiteSide(folder, "one"), SQLiteSide(folder, "two") if options.both_on_sqlite else PostgreSQLSide(folder, server)]
        at = self.gateway.urls[0]
        accounts = {
            "ecp": {"gateway": "ecommpay", "project_id": PROJECT, "secrets": [{"value": SECRET}], "api_url": at},
            "ecb": {"gateway": "ecomcharge", "shop_id": SHOP, "secret": {"value": SECRET}, "authentication": "basic",
                    "checkout_url": at, "gateway_url": at, "api_url": at},
        }
        # What is open is polled at once and then not for hours: both daemons have polled it before they are told the next thing.
        reconcile = {"first_after": "100ms", "schedule": ["5h"], "authorized_every": "30d", "second_look": "0s", "audit": [],
                     "requests_per_second": 1000, "concurrency": 1}
        self.daemons = [Receiver(options.binary, folder, f"daemon{n + 1}", side.database, accounts, reconcile)
                        for n, side in enumerate(self.sides)]

    def answer(self, project, key):
        return self.histories.answers.get(key)

    def run(self, seconds):
        for daemon in self.daemons:
            daemon.start()
        end, restart, things = time.monotonic() + seconds, time.monotonic() + seconds / 2, 0
        while time.monotonic() < end and len(self.differences) < 10:
            if self.random.random() < 0.9:
                self.callback()
            else:
                self.instruction()
            self.settle()
            things += 1
            if restart and time.monotonic() > restart:
                restart = None
                for daemon in self.daemons:
                    code = daemon.stop()
                    if code != 0:
                        self.differences.append(f"{daemon.name} exited with {code} when it was asked to stop")
                    daemon.start()
        for daemon in self.daemons:
            if daemon.exits:
                self.differences.append(f"{daemon.name} exited by itself with {daemon.exits}: {daemon.tail()}")
        compared = self.compare()
        for daemon in self.daemons:
            daemon.stop()
        return things, compared

    # ---- telling both
    def callback(self):
        account, body, headers = self.histories.callback()
        said = [self.post(daemon, account, body, headers) for daemon in self.daemons]
        self.statuses[said[0]] += 1
        if said[0] != said[1]:
            self.differences.append(f"answers {said} to a callback of {account}: {body[:600]!r}{'…' if len(body) > 600 else ''}")

    def post(self, daemon, account, body, headers):
        """As a gateway: again where it is told to come again. What is turned away for 10 s is turned away for ever."""
        end = time.monotonic() + 10
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=20)
            try:
                try:
                    connection.request("POST", f"/callbacks/{account}", body, {"Content-Type": "application/json", **headers})
                except (BrokenPipeError, ConnectionResetError):
                    pass  # refused by its head: the answer is there already
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            finally:
                connection.close()
            if status != 503 or time.monotonic() > end:
                return status
            time.sleep(0.1)

    def instruction(self):
        _, anomalies = self.sides[0].rows("SELECT id FROM anomalies WHERE closed_at IS NULL ORDER BY id DESC LIMIT 20")
        path, value = self.histories.instruction([row[0] for row in anomalies])
        said = []
        for daemon in self.daemons:
            status, body = daemon.ask("POST", path, value)
            said.append((status, plain(body.decode(errors="replace"))))
        if said[0] != said[1]:
            self.differences.append(f"{path} {json.dumps(value, ensure_ascii=False)}: {said[0]} and {said[1]}")
        self.statuses[f"{path} {said[0][0]}"] += 1

    def settle(self):
        """Waits until neither daemon has a poll to make: evidence that contradicts itself is asked about at once, and what both
        are told next must meet both as they are then."""
        end = time.monotonic() + 30
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7200))
        for side in self.sides:
            while due := side.rows(DUE.format(soon))[1]:
                if time.monotonic() > end:
                    self.differences.append(f"{side.name} does not poll what is due: {due[:3]}")
                    return
                time.sleep(0.01)

    # ---- comparing
    def compare(self):
        views = [side.views() for side in self.sides]
        for view in sorted(views[0] ^ views[1]):
            self.differences.append(f"view {view} is only on one engine")
        count, empty = 0, []
        for view in sorted(views[0] & views[1]):
            (names, one), (others, two) = (side.rows(f"SELECT * FROM {view}") for side in self.sides)
            if names != others:
                self.differences.append(f"{view} has the columns {names} and {others}")
                continue
            left_out = BY_THE_CLOCK.get(view, set())
            kept = [n for n, name in enumerate(names) if name not in left_out]
            one, two = (Counter(tuple(plain(row[n]) for n in kept) for row in rows) for rows in (one, two))
            count += sum(one.values())
            empty += [] if one else [view]
            self.tell_differences(view, [names[n] for n in kept], list((one - two).elements()), list((two - one).elements()))
        if empty:
            print("nothing to compare in", ", ".join(empty))
        return len(views[0] & views[1]), count

    def tell_differences(self, view, names, ours, theirs):
        """Says of each differing row what differs, beside the row of the other side that is most like it."""
        if not ours and not theirs:
            return
        self.differences.append(f"{view}: {len(ours)} rows only on {self.sides[0].name}, {len(theirs)} only on {self.sides[1].name}")
        for row in ours[:3]:
            like = max(theirs, key=lambda other: sum(a == b for a, b in zip(row, other)), default=None)
            if like is not None and sum(a == b for a, b in zip(row, like)) >= len(row) / 2:
                differ = {n: (a, b) for n, a, b in zip(names, row, like) if a != b}
                self.differences.append(f"    {view} {short(row[:3])}: {short(differ)}")
            else:
                self.differences.append(f"    {view}: only on {self.sides[0].name}: {short(dict(zip(names, row)))}")
        if not ours:
            self.differences.append(f"    {view}: only on {self.sides[1].name}: {short(dict(zip(names, theirs[0])))}")

    def close(self):
        for daemon in self.daemons:
            daemon.kill()
        self.gateway.close()


def short(value):
    said = repr(value)
    return said if len(said) < 700 else said[:700] + "…"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the paystate that is tested")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--both-on-sqlite", action="store_true", help="compare SQLite with itself")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    print("seed", options.seed, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="pss.", dir="/tmp")
    os.chmod(folder, 0o711)  # the server runs as another user
    server, comparison = None, None
    try:
        if not options.both_on_sqlite:
            server = Server(folder, "db")
            server.initialise()
            server.start()
        comparison = Comparison(options, folder, server)
        things, (views, rows) = comparison.run(options.seconds)
        print(f"{things} things told to both; {views} views with {rows} rows compared")
        print("answers:", ", ".join(f"{status} {n}" for status, n in sorted(comparison.statuses.items(), key=str)))
        for difference in comparison.differences:
            print("DIFFERENCE:", difference)
        return 1 if comparison.differences else 0
    finally:
        if comparison:
            comparison.close()
        if server:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
