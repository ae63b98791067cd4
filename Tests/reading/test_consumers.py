"""The consumers of the change feed see every transition in order and book each once, whatever is killed and started again."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest

import bench

try:
    import psycopg
except ImportError:
    psycopg = None


class Consumer:
    """A consumer as a process; what it dealt with is in a file that all its lives append to."""

    def __init__(self, name, database, folder):
        # By the Python that runs the tests, which has psycopg.
        interpreter = [sys.executable] if name.endswith(".py") else []
        self.script, self.kept = bench.READING / name, folder / f"{name}.kept"
        self.command = [*interpreter, self.script, database, self.kept]
        self.output = folder / f"{name}.out"
        self.errors = folder / f"{name}.err"
        self.kills = 0
        self.process = None

    def start(self):
        with open(self.output, "ab") as output, open(self.errors, "ab") as errors:
            output.write(b"\n")  # Ends a line that a kill cut short.
            output.flush()
            # A group of its own, so that the shell's children end with it.
            self.process = subprocess.Popen(self.command, stdout=output, stderr=errors, start_new_session=True)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            bench.os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
            self.kills += 1

    def books(self):
        """What it has booked, as the file that keeps its place says."""
        try:
            return json.loads(self.kept.read_text())["books"]
        except FileNotFoundError:
            return {}

    def seen(self):
        """The seqs of all its lives; a line that a kill cut short counts for nothing."""
        text = self.output.read_text() if self.output.exists() else ""
        seqs = []
        for line in text.split("\n"):
            try:
                seqs.append(json.loads(line)["seq"])
            except ValueError:
                continue
        return seqs


class Following(bench.Case):
    """What holds on either engine."""

    callbacks = 250

    def ledger(self):
        """What the daemon is given as its database; nothing: a SQLite file of its own."""
        return None

    def consumers(self, database):
        consumers = [Consumer(name, database, self.folder) for name in self.names()]
        for consumer in consumers:
            self.addCleanup(consumer.kill)
        return consumers

    def break_connections(self, daemon):
        """Where there are any."""

    def test_every_transition_is_seen_in_order_though_both_sides_are_killed(self):
        daemon = self.daemon(self.ledger())
        consumers = self.consumers(daemon.database)
        for consumer in consumers:
            consumer.start()  # Before there is a database.
        daemon.start()
        self.mistreat(daemon, consumers, self.gateway(daemon, self.callbacks, pause=0.002))
        last = bench.ask(daemon.database, "SELECT max(seq) FROM transitions")[0][0]
        self.assertEqual(bench.ask(daemon.database, "SELECT count(*) FROM payments"), [(self.callbacks,)])
        for consumer in consumers:
            name = consumer.script.name
            self.assertTrue(bench.eventually(lambda: consumer.seen()[-1:] == [last]), name)
            seqs = consumer.seen()
            self.assertEqual(sorted(set(seqs)), list(range(1, last + 1)), name)
            # In order, but for as many steps back as it was killed; each leads to where it can go on without a gap.
            back = 0
            for before, after in zip([0] + seqs, seqs):
                self.assertLessEqual(after, before + 1, name)
                back += after != before + 1
            self.assertLessEqual(back, consumer.kills, name)
            self.assertIsNone(consumer.process.poll(), name)

    def test_the_books_are_what_the_payments_hold_though_both_sides_are_killed(self):
        daemon = self.daemon(self.ledger())
        keeper = Consumer("consumer.py", daemon.database, self.folder)
        self.addCleanup(keeper.kill)
        daemon.start()
        keeper.start()
        self.mistreat(daemon, [keeper], self.gateway(daemon, self.callbacks, pause=0.002, write=bench.trade))
        held = bench.ask(daemon.database, """
            SELECT account || ' ' || currency, sum(balance_minor), sum(paid_out_minor) FROM payments GROUP BY account, currency
        """)
        self.assertEqual([name for name, *_ in held], ["eu-shop EUR", "eu-shop JPY"])
        self.assertTrue(all(balance > 0 and paid_out > 0 for _, balance, paid_out in held))
        books = {name: {"balance_minor": balance, "paid_out_minor": paid_out} for name, balance, paid_out in held}
        self.assertTrue(bench.eventually(lambda: keeper.books() == books), (keeper.books(), books))
        self.assertGreater(keeper.kills, 0)

    def mistreat(self, daemon, consumers, gateway):
        """Kills and restarts daemon and consumers until the gateway has posted all."""
        chance = random.Random(20261122)
        deadline = time.monotonic() + 40
        mishaps = 0
        while (gateway.is_alive() or mishaps < 8) and time.monotonic() < deadline:
            time.sleep(chance.uniform(0.05, 0.4))
            victim = chance.randrange(4)
            mishaps += 1
            if victim == 0:
                daemon.stop(signal.SIGKILL)
                time.sleep(chance.uniform(0, 0.2))
                daemon.start()
            elif victim == 1:
                self.assertEqual(daemon.stop(), 0)
                daemon.start()
            else:
                self.break_connections(daemon)
                consumer = consumers[victim % len(consumers)]
                consumer.kill()
                consumer.start()
        self.assertFalse(gateway.is_alive())


class ConsumersTest(Following, unittest.TestCase):
    def names(self):
        names = ["consumer.py"] + (["consumer.sh"] if shutil.which("sqlite3") else [])
        if len(names) < 2:
            print("\nsqlite3, the command, is missing: consumer.sh is not tested")
        return names

    def test_a_consumer_does_not_hold_up_the_log(self):
        daemon = self.daemon()
        daemon.start()
        consumers = self.consumers(daemon.database)
        for consumer in consumers:
            consumer.start()
        gateway = self.gateway(daemon, 50)
        gateway.join(20)
        for consumer in consumers:
            self.assertTrue(bench.eventually(lambda: consumer.seen()[-1:] == [100]))
        # A read that stayed open would keep the daemon from emptying its log at the end.
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(bench.os.stat(f"{daemon.database}-wal").st_size, 0)

    def test_an_older_copy_in_the_databases_place_stops_them_loudly(self):
        daemon = self.daemon()
        daemon.start()
        self.gateway(daemon, 20).join(20)
        self.assertEqual(daemon.stop(), 0)
        shutil.copy(daemon.database, self.folder / "copy.db")
        daemon.start()
        self.gateway(daemon, 40).join(20)
        consumers = self.consumers(daemon.database)
        for consumer in consumers:
            consumer.start()
            self.assertTrue(bench.eventually(lambda: consumer.seen()[-1:] == [80]))
        self.assertEqual(daemon.stop(), 0)
        for suffix in ["-wal", "-shm"]:
            bench.os.remove(f"{daemon.database}{suffix}")
        bench.os.replace(self.folder / "copy.db", daemon.database)
        for consumer in consumers:
            self.assertEqual(consumer.process.wait(20), 1)
            self.assertIn("was a backup restored?", consumer.errors.read_text())


@unittest.skipUnless(bench.SERVER, "PAYSTATE_POSTGRESQL names no server: the consumer of PostgreSQL is not tested")
@unittest.skipUnless(psycopg, "psycopg is missing: the consumer of PostgreSQL is not tested")
class PostgreSQLConsumersTest(Following, unittest.TestCase):
    def names(self):
        return ["consumer.py"]

    def ledger(self):
        return self.postgresql()

    def break_connections(self, daemon):
        name = bench.urllib.parse.urlsplit(daemon.database).path[1:]
        bench.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def test_an_older_copy_in_the_databases_place_stops_it_loudly(self):
        daemon = self.daemon(self.ledger())
        name = bench.urllib.parse.urlsplit(daemon.database).path[1:]
        daemon.start()
        self.gateway(daemon, 20).join(20)
        self.assertEqual(daemon.stop(), 0)
        bench.administer(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        for other in ["copy", "away"]:
            self.addCleanup(bench.administer, f"DROP DATABASE IF EXISTS {name}_{other} WITH (FORCE)")
        daemon.start()
        self.gateway(daemon, 40).join(20)
        consumer, = self.consumers(daemon.database)
        consumer.start()
        self.assertTrue(bench.eventually(lambda: consumer.seen()[-1:] == [80]))
        self.assertEqual(daemon.stop(), 0)
        bench.administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        self.break_connections(daemon)
        bench.administer(f"ALTER DATABASE {name} RENAME TO {name}_away", f"ALTER DATABASE {name}_copy RENAME TO {name}")
        self.assertEqual(consumer.process.wait(20), 1)
        self.assertIn("was a backup restored?", consumer.errors.read_text())


if __name__ == "__main__":
    unittest.main()
