#!/usr/bin/env python3
"""Two receivers on one PostgreSQL ledger: what happens when one of them, or the database, stops, freezes or is replaced.

    receivers.py --binary PATH [--only NAME,…]

Each check has a database of its own, and two receivers. Exits with 1 if one fails. Needs a PostgreSQL server and psycopg.
"""

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

import psycopg

from callbacks import SECRET, Load, Post
from daemon import NO_DATABASE, Receiver
from gateway import Gateway, excess
from link import DelayedLink
from servers import Server, url
from verdict import Verdict

ACCOUNTS = {"north": 240, "south": 241, "west": 242}
RATE = 5
FROZEN = 3  # seconds until the other receiver answers, where the one that holds the lock does nothing
ABANDONED = 40  # seconds until an account is polled again whose receiver was killed
HANDED_OVER = 3  # seconds until an account is polled again whose receiver was stopped in order
WRONG_CONFIGURATION = 78


class Failure(Exception):
    """What a check found."""


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Pair:
    """A database, two receivers on it, and their gateway and load."""

    count = 0

    def __init__(self, options, root, servers, senders=24, delay=0.0):
        Pair.count += 1
        self.servers, self.name = servers, f"pair{Pair.count}"
        self.random = random.Random(options.seed)
        with servers[0].connect() as connection:
            connection.execute(f"CREATE DATABASE {self.name}")
        self.gateway = Gateway(2, self.answer)
        self.receivers = [self.make(options.binary, root, index) for index in range(2)]
        self.load = Load([r.port for r in self.receivers], ACCOUNTS, senders=senders, seed=options.seed, pause=delay)
        self.post = Post(self.load.ports)

    def make(self, binary, root, index):
        accounts = {name: {"gateway": "ecommpay", "project_id": project, "secrets": [{"value": SECRET}],
                           "api_url": self.gateway.urls[index]} for name, project in ACCOUNTS.items()}
        reconcile = {"first_after": "1s", "schedule": ["500ms"], "requests_per_second": RATE, "concurrency": 4}
        return Receiver(binary, root, f"{self.name}-{index + 1}", url(self.servers, self.name), accounts, reconcile)

    def answer(self, project, payment):
        story = self.load.stories.get(payment)
        return story.answer() if story and story.project == project else None

    def __enter__(self):
        try:
            for receiver in self.receivers:
                receiver.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.load.finish(patience=5)
        self.post.close()
        for receiver in self.receivers:
            receiver.kill()
        self.gateway.close()

    def query(self, sql, *arguments):
        with self.servers[0].connect(self.name) as connection:
            connection.execute("SET search_path = paystate")
            return connection.execute(sql, arguments).fetchall()

    def send(self, index, kind="sale"):
        """Sends a new callback to one receiver, once: the status, and the seconds that it took."""
        callback = self.load.callback(self.load.story(kind, self.random), 0)
        began = time.monotonic()
        return self.load.attempt(callback, self.post, index), time.monotonic() - began

    def until(self, index, status, patience):
        """Sends callbacks to one receiver until one is answered so; the seconds until then."""
        began = time.monotonic()
        while True:
            said = self.send(index)[0]
            took = time.monotonic() - began
            if said == status:
                return took
            expect(took < patience, f"{self.receivers[index].name} does not answer {status} after {took:.1f} s, but {said}")
            time.sleep(0.05)

    def check_ledger(self):
        """Ends the load, delivers what was turned away, and looks for all of it."""
        self.load.finish()
        self.load.settle(self.post, self.random)
        verdict = Verdict(self.load, self.query)
        expect(not verdict.violations, "; ".join(verdict.violations))
        return verdict

    def check_exits(self):
        for receiver in self.receivers:
            expect(not receiver.exits, f"{receiver.name} exited by itself with {receiver.exits}: {receiver.tail()}")


# ---- the checks
def frozen(options, root, server):
    """The receiver that holds the lock is frozen: the other one answers within 3 s, and the frozen one goes on when it thaws"""
    caught, waits = 0, []
    with Pair(options, root, [server]) as pair:
        pair.load.start()
        time.sleep(1)
        for attempt in range(400):
            index = pair.random.randrange(2)
            receiver, other = pair.receivers[index], 1 - index
            time.sleep(pair.random.uniform(0, 0.2))
            receiver.freeze()
            began = time.monotonic()
            try:
                if not lock_is_waited_for(pair, 0.25):
                    continue  # it did not hold the lock
                caught += 1
                while pair.send(other)[0] != 200:
                    expect(time.monotonic() - began < 10, f"{pair.receivers[other].name} does not answer 200 for 10 s: {sessions(pair)}")
                waits.append(time.monotonic() - began)
            finally:
                receiver.thaw()
            pair.until(index, 200, patience=15)
            if caught == 4:
                break
        expect(caught >= 1, "no receiver was caught with the lock, so that this proves nothing")
        expect(max(waits) <= FROZEN, f"the other receiver answered only after {max(waits):.1f} s")
        pair.check_ledger()
        pair.check_exits()
    return f"caught {caught} of {attempt + 1} times, waited {', '.join(f'{w:.1f}' for w in waits)} s"


def sessions(pair):
    """What the receivers' transactions do at present, as the server sees it."""
    return "; ".join(f"{state}, {waits}, for {int(seconds)} s, {statement!r}" for state, waits, seconds, statement in pair.query(
        "SELECT state, wait_event, extract(epoch FROM now() - xact_start), left(query, 60) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name LIKE 'paystate%%' AND xact_start IS NOT NULL"))


def lock_is_waited_for(pair, patience):
    """Whether a session waits for a lock for all of this time: whoever holds it does nothing."""
    end, waiting = time.monotonic() + patience, None
    while True:
        now = {row[0] for row in pair.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                                            "AND application_name LIKE 'paystate%%' AND wait_event_type = 'Lock'")}
        waiting = now if waiting is None else waiting & now
        if not waiting:
            return False
        if time.monotonic() > end:
            return True
        time.sleep(0.02)


def abandoned(options, root, server):
    """Each account is polled by one receiver; when that is killed, the other one polls within 40 s, when it is stopped, within 3 s"""
    with Pair(options, root, [server]) as pair:
        generator = random.Random(options.seed)
        for account in ACCOUNTS:
            for _ in range(20):
                pair.load.tell(pair.load.story("silent", generator, account), pair.post, generator)
        pollers(pair, patience=ABANDONED)
        began = time.time()
        time.sleep(5)
        for name, project in ACCOUNTS.items():
            polls = pair.gateway.polls(project, began)
            expect(len({receiver for _, receiver in polls}) == 1, f"{name} is polled by both receivers at once, or by none")
            over = excess([at for at, _ in polls], RATE)
            expect(over <= RATE + 1, f"{name} is polled {over:.0f} times more than {RATE} a second")
        took = []
        for way in ("kill", "stop"):
            now = pollers(pair, patience=ABANDONED)
            index = now["north"]
            orphans = {name: project for name, project in ACCOUNTS.items() if now[name] == index}
            receiver = pair.receivers[index]
            began = time.time()
            if way == "kill":
                receiver.kill()
            else:
                code = receiver.stop()
                expect(code == 0, f"{receiver.name} exited with {code} on SIGTERM")
                began = time.time()
            limit = ABANDONED if way == "kill" else HANDED_OVER
            missing = dict(orphans)
            while missing:
                for name, project in list(missing.items()):
                    if any(who == 1 - index for _, who in pair.gateway.polls(project, began)):
                        del missing[name]
                expect(time.time() - began <= limit, f"after {way} of its receiver, {', '.join(missing)} is not polled for {limit} s")
                time.sleep(0.05)
            took.append(time.time() - began)
            receiver.start()
        pair.check_exits()
    return f"polled again {took[0]:.1f} s after a kill, {took[1]:.1f} s after a stop"


def pollers(pair, patience):
    """Which receiver polls each account at present."""
    end = time.time() + patience
    while True:
        now = {}
        for name, project in ACCOUNTS.items():
            latest = pair.gateway.polls(project, time.time() - 2)
            if latest:
                now[name] = max(latest)[1]
        if len(now) == len(ACCOUNTS):
            return now
        expect(time.time() < end, f"only {sorted(now)} are polled")
        time.sleep(0.1)


def rolling(options, root, server):
    """Two receivers are restarted one after the other under load: no callback is lost, and only the one that restarts turns one away"""
    with Pair(options, root, [server], senders=16, delay=0.02) as pair:
        pair.load.start()
        time.sleep(2)
        windows = []
        for receiver in pair.receivers * 2:
            began = time.time()
            code = receiver.stop()
            expect(code == 0, f"{receiver.name} exited with {code} on SIGTERM")
            receiver.start()
            windows.append((began, time.time() + 0.5))
            time.sleep(1.5)
        pair.load.finish()
        pair.check_exits()
        refused = [(sent, index, status) for sent, came, index, status in pair.load.answers if status != 200]
        outside = [r for r in refused if not any(a <= r[0] <= b for a, b in windows)]
        # A request may be sent just before the switch begins.
        outside = [r for r in outside if not any(a - 1 <= r[0] <= b and r[2] <= 0 for a, b in windows)]
        expect(not outside, f"turned away although no receiver was restarted: {outside[:5]}")
        errors = [r for r in refused if r[2] >= 500]
        verdict = pair.check_ledger()
    return f"{verdict.acknowledged} acknowledged, {len(errors)} answered 5xx and {len(refused) - len(errors)} refused during the switches"


def standby_stopped(options, root, server):
    """The only synchronous standby stops: 503 within 10 s and never a 200; when it is back, 200 without anybody's help"""
    standby, link = Server(root, "standby"), DelayedLink(f"{root}/link", 0.001, 0.005)
    try:
        with Pair(options, root, [server, standby]) as pair:
            link.lead_to(server)
            standby.clone(server, link.folder)
            standby.start()
            alter(server, "synchronous_standby_names", "ANY 1 (*)")
            for index in range(2):
                pair.until(index, 200, patience=20)
            standby.kill()
            said = []  # (status, seconds)
            threads = [threading.Thread(target=lambda index: said.extend(pair.send(index) for _ in range(3)), args=(index,))
                       for index in range(2)]
            began = time.monotonic()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            slowest = max(took for _, took in said)
            expect(all(status == 503 and took <= 10 for status, took in said),
                   "without a standby the answers are " + ", ".join(f"{status} after {took:.1f} s" for status, took in said))
            without = time.monotonic() - began
            standby.start()
            back = max(pair.until(index, 200, patience=30) for index in range(2))
            pair.check_ledger()  # once the gateway has come again with what was turned away
            pair.check_exits()
    finally:
        alter(server, "synchronous_standby_names", "")
        standby.kill()
        link.close()
    return f"503 after at most {slowest:.1f} s, {len(said)} times in {without:.0f} s; 200 again {back:.1f} s after the standby was back"


def newer_schema(options, root, server):
    """Another version has changed the schema: 503 and a line in the log that says so; when it is as before, 200 again"""
    with Pair(options, root, [server]) as pair:
        for index in range(2):
            pair.until(index, 200, patience=10)
        sizes = [os.path.getsize(r.log) for r in pair.receivers]
        pair.query("UPDATE ledger SET schema = schema + 1 WHERE id = 1 RETURNING schema")
        for index, receiver in enumerate(pair.receivers):
            pair.until(index, 503, patience=1)
            end = time.monotonic() + 5
            while True:
                with open(receiver.log, errors="replace") as file:
                    lines = [line for line in file.read()[sizes[index]:].splitlines() if re.search("newer|schema", line)]
                if lines:
                    break
                expect(time.monotonic() < end, f"{receiver.name} says nothing of a newer schema: {receiver.tail()}")
                time.sleep(0.1)
        pair.query("UPDATE ledger SET schema = schema - 1 WHERE id = 1 RETURNING schema")
        took = max(pair.until(index, 200, patience=15) for index in range(2))
        pair.check_exits()
    return f"200 again after {took:.1f} s; the log says: {lines[0].strip()[:110]}"


def no_fsync(options, root, server):
    """A server with fsync off does not keep what is acknowledged: `serve` exits with 78"""
    alter(server, "fsync", "off")
    try:
        code = exit_of_serve(options, root, server, "no-fsync")
        expect(code == WRONG_CONFIGURATION, f"`serve` exits with {code}")
    finally:
        alter(server, "fsync", "on")
    return "exit 78"


def server_away(options, root, server):
    """A start without the server exits with 75; a restart of the server is 503 and then 200 again, never an exit"""
    server.stop()
    try:
        code = exit_of_serve(options, root, server, "away")
    finally:
        server.start()
    expect(code == NO_DATABASE, f"without a server `serve` exits with {code}")
    took = []
    with Pair(options, root, [server]) as pair:
        for end in (server.stop, server.kill):
            for index in range(2):
                pair.until(index, 200, patience=15)
            end()
            for index in range(2):
                pair.until(index, 503, patience=15)
                status = pair.receivers[index].ask("GET", "/readyz")[0]
                expect(status == 503, f"/readyz answers {status} without a database")
            server.start()
            took.append(max(pair.until(index, 200, patience=15) for index in range(2)))
        pair.check_exits()
    return f"exit 75; 200 again {took[0]:.1f} s after a restart and {took[1]:.1f} s after a crash"


def exit_of_serve(options, root, server, name):
    """What `serve` exits with, which is started and does not come up."""
    if server.is_running:
        with server.connect() as connection, contextlib.suppress(psycopg.errors.DuplicateDatabase):
            connection.execute("CREATE DATABASE unused")
    gateway = Gateway(1, lambda *_: None)
    accounts = {"north": {"gateway": "ecommpay", "project_id": 240, "secrets": [{"value": SECRET}], "api_url": gateway.urls[0]}}
    receiver = Receiver(options.binary, root, name, url([server], "unused"), accounts, {})
    try:
        receiver.launch()
        end = time.monotonic() + 30
        while not receiver.exits:
            expect(time.monotonic() < end, f"`serve` has not exited after 30 s: {receiver.tail()}")
            time.sleep(0.05)
        return receiver.exits[0]
    finally:
        receiver.kill()
        gateway.close()


def alter(server, setting, value):
    """Changes a setting of the running server, and waits until it is in force."""
    with server.connect() as connection:
        connection.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
    end = time.monotonic() + 10
    while server.value(f"SHOW {setting}") != value:
        expect(time.monotonic() < end, f"{setting} is not {value}")
        time.sleep(0.05)


CHECKS = {"frozen": frozen, "abandoned": abandoned, "rolling": rolling, "standby": standby_stopped, "schema": newer_schema,
          "fsync": no_fsync, "away": server_away}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the paystate that is tested")
    parser.add_argument("--only", default=",".join(CHECKS), help="of " + ", ".join(CHECKS))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    root = tempfile.mkdtemp(prefix="psr.", dir="/tmp")
    os.chmod(root, 0o711)  # the servers run as another user
    server, failed = Server(root, "db"), []
    try:
        server.initialise()
        server.start()
        for name in options.only.split(","):
            began = time.monotonic()
            print(f"{name}: {CHECKS[name].__doc__}", flush=True)
            try:
                said = CHECKS[name](options, root, server)
                print(f"    ok, {time.monotonic() - began:.0f} s: {said}", flush=True)
            except (Failure, RuntimeError, OSError, psycopg.Error) as failure:
                failed.append(name)
                print(f"    FAILED: {failure}", flush=True)
                if not isinstance(failure, Failure):
                    traceback.print_exc()
                if not server.is_running:
                    server.start()
    finally:
        server.kill()
        shutil.rmtree(root, ignore_errors=True)
    if failed:
        print("failed:", ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
