"""Another user of the daemon's group reads the database while the daemon runs, is stopped, and was killed; nobody else does."""

import os
import shutil
import signal
import subprocess
import unittest

import bench

# Numbers suffice; no user is made.
DAEMON, READER, STRANGER = 64001, 64002, 64003
GROUP = 64000


@unittest.skipUnless(os.geteuid() == 0, "needs root, to be other users")
@unittest.skipUnless(shutil.which("sqlite3"), "needs the command sqlite3")
class SecondUserTest(bench.Case, unittest.TestCase):
    def setUp(self):
        super().setUp()
        # The build folder may be closed to others.
        own = shutil.copy(bench.binary(), self.folder / "paystate")
        before = os.environ.get("PAYSTATE")
        os.environ["PAYSTATE"] = str(own)
        self.addCleanup(lambda: os.environ.pop("PAYSTATE") if before is None else os.environ.update(PAYSTATE=before))

    def ask(self, database, sql, user, *groups):
        command = ["sqlite3", "-init", "/dev/null", "-batch", "-readonly", f"file:{database}?mode=ro", sql]
        return subprocess.run(command, user=user, group=user, extra_groups=groups, capture_output=True, text=True, cwd="/")

    def look(self, daemon, payments):
        answer = self.ask(daemon.database, "SELECT count(*) FROM payments", READER, GROUP)
        self.assertEqual((answer.stdout, answer.stderr), (f"{payments}\n", ""))
        feed = self.ask(daemon.database, "SELECT count(*) = max(seq) FROM transitions", READER, GROUP)
        self.assertEqual(feed.stdout, "1\n")
        self.assertIn("unable to open", self.ask(daemon.database, "SELECT 1 FROM payments", STRANGER).stderr)

    def test_running_stopped_and_killed(self):
        daemon = self.daemon(user=DAEMON, group=GROUP, extra_groups=[])
        daemon.start()
        self.gateway(daemon, 20).join(20)
        with self.subTest("while it runs"):
            self.look(daemon, 20)
        with self.subTest("while it is stopped"):
            self.assertEqual(daemon.stop(), 0)
            self.look(daemon, 20)
        with self.subTest("after it was killed, with commits that are in its log alone"):
            daemon.start()
            self.gateway(daemon, 40).join(20)
            daemon.stop(signal.SIGKILL)
            self.assertGreater(os.stat(f"{daemon.database}-wal").st_size, 0)
            self.look(daemon, 40)
        with self.subTest("and while it runs again"):
            daemon.start()
            self.look(daemon, 40)
        for suffix in ["", "-wal", "-shm"]:
            status = os.stat(f"{daemon.database}{suffix}")
            self.assertEqual((oct(status.st_mode & 0o777), status.st_uid, status.st_gid), ("0o640", DAEMON, GROUP), suffix)

    def test_the_reader_cannot_write(self):
        daemon = self.daemon(user=DAEMON, group=GROUP, extra_groups=[])
        daemon.start()
        self.gateway(daemon, 1).join(20)
        self.assertEqual(daemon.stop(), 0)
        before = {name: os.stat(daemon.folder / name).st_mtime_ns for name in os.listdir(daemon.folder)}
        command = ["sqlite3", "-init", "/dev/null", "-batch", daemon.database, "UPDATE heartbeat SET at = 0"]
        answer = subprocess.run(command, user=READER, group=READER, extra_groups=[GROUP], capture_output=True, text=True, cwd="/")
        self.assertIn("readonly database", answer.stderr)
        self.assertEqual(before, {name: os.stat(daemon.folder / name).st_mtime_ns for name in os.listdir(daemon.folder)})

    def test_the_next_start_mends_what_a_writer_took_away(self):
        """What docs/reading-the-database.md warns of."""
        daemon = self.daemon(user=DAEMON, group=GROUP, extra_groups=[])
        daemon.start()
        self.gateway(daemon, 1).join(20)
        self.assertEqual(daemon.stop(), 0)
        command = ["sqlite3", "-init", "/dev/null", "-batch", daemon.database, "SELECT count(*) FROM payments"]
        subprocess.run(command, user=DAEMON, group=GROUP, extra_groups=[], check=True, capture_output=True, cwd="/")
        self.assertEqual(sorted(os.listdir(daemon.folder)), ["paystate.db", "paystate.db.lock"])
        self.assertIn("readonly", self.ask(daemon.database, "SELECT 1 FROM payments", READER, GROUP).stderr)
        daemon.start()
        self.look(daemon, 1)


if __name__ == "__main__":
    unittest.main()
