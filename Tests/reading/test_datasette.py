"""The real Datasette shows a running daemon's database, and neither writes nor hinders."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

import bench
import make_metadata


@unittest.skipUnless(importlib.util.find_spec("datasette"), "needs Datasette: pip install -r Tests/reading/requirements.txt")
class DatasetteTest(bench.Case, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.ledger = self.daemon()
        self.ledger.start()
        self.ledger.post(1)
        self.gateway(self.ledger, 100_000)  # Callbacks come in until the test ends.
        self.port = bench.free_port()
        # The command of docs/reading-the-database.md.
        command = [sys.executable, "-m", "datasette", "serve", self.ledger.database, "--metadata", bench.READING / "metadata.yaml",
                   "--plugins-dir", bench.READING / "plugins", "--setting", "suggest_facets", "off",
                   "--setting", "sql_time_limit_ms", "10000", "--port", str(self.port)]
        log = open(self.folder / "datasette.log", "wb")
        self.addCleanup(log.close)
        self.datasette = subprocess.Popen(command, stdout=log, stderr=log)
        self.addCleanup(self.datasette.wait)
        self.addCleanup(self.datasette.kill)
        self.assertTrue(bench.eventually(self.answers), (self.folder / "datasette.log").read_text())

    def answers(self):
        try:
            return self.get("/-/versions.json")
        except OSError:
            return None

    def get(self, path):
        """An answer of 200, whether HTML or JSON."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                body = answer.read().decode()
        except urllib.error.HTTPError as error:
            self.fail(f"{path}: {error.code} {error.read().decode()[:500]}")
        return json.loads(body) if ".json" in path else body

    def rows(self, path, **arguments):
        return self.get(f"/paystate/{path}.json?_shape=array&" + "&".join(f"{k}={v}" for k, v in arguments.items()))

    def test_while_callbacks_come_in(self):
        home = self.get("/paystate.json")
        hidden = {table["name"] for table in home["tables"] if table["hidden"]}
        self.assertEqual({table["name"] for table in home["tables"]} - hidden, set(), "tables are private")
        for view in home["views"]:
            with self.subTest(view=view["name"]):
                self.get(f"/paystate/{view['name']}.json")
                self.assertIn("Paystate", self.get(f"/paystate/{view['name']}"))
        self.assertIn("The place in the feed", self.get("/paystate/transitions"))
        for name, title, *_ in make_metadata.queries():
            with self.subTest(query=name):
                self.assertIn(title, self.get(f"/paystate/{name}?reference=ORDER-1&seq=0&payment_id=ORDER-1"))
        paid = self.rows("is-it-paid", reference="ORDER-1")
        self.assertEqual([(row["state"], row["paid"], row["paid_minor"]) for row in paid], [("succeeded", 1, 5200)])
        self.assertEqual([row["seq"] for row in self.rows("what-changed", seq=1)][0], 2)
        self.assertEqual([row["what"] for row in self.rows("why", payment_id="ORDER-1")], ["callback", "transition", "transition"])
        totals = self.rows("daily-totals")
        self.assertEqual([row["net"] for row in totals], [f"{row['captured_minor'] // 5200 * 52}.00" for row in totals])
        self.assertEqual([(row["kind"], row["amount"]) for row in self.rows("books", seq=0)][0], ("capture", "52.00"))
        self.assertEqual(self.rows("alarms") + self.rows("what-waits") + self.rows("found-by-asking") + self.rows("paid-twice"), [])
        first = self.rows("payments", _sort_desc="updated_at")
        self.assertTrue(bench.eventually(lambda: len(self.rows("payments", _size="max")) > len(first)), "it is live")

    def test_it_neither_writes_nor_hinders(self):
        self.test_while_callbacks_come_in()
        folder = f"/proc/{self.datasette.pid}"
        opened = {}
        for descriptor in os.listdir(f"{folder}/fd"):
            target = os.readlink(f"{folder}/fd/{descriptor}")
            with open(f"{folder}/fdinfo/{descriptor}", encoding="ascii") as file:
                flags = int(re.search(r"flags:\s*(\d+)", file.read())[1], 8)
            opened.setdefault(target, set()).add(flags & os.O_ACCMODE)
        self.assertEqual(opened[str(self.ledger.database)], {os.O_RDONLY})
        # A read that stayed open would keep the daemon from emptying its log at the end.
        self.assertEqual(self.ledger.stop(), 0)
        self.assertEqual(os.stat(f"{self.ledger.database}-wal").st_size, 0)
        files = [f"{self.ledger.database}{suffix}" for suffix in ["", "-wal", "-shm"]]
        before = [(os.stat(file).st_size, os.stat(file).st_mtime_ns) for file in files[:2]]
        self.rows("payments")
        self.datasette.terminate()
        self.datasette.wait(20)
        self.assertEqual([(os.stat(file).st_size, os.stat(file).st_mtime_ns) for file in files[:2]], before)
        self.assertTrue(os.path.exists(files[2]), "the last one to leave takes nothing away")


if __name__ == "__main__":
    unittest.main()
