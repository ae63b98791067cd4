#!/usr/bin/env python3
"""A shop's plugin behind `forward`: a handler in PHP, which checks each callback as the gateways' own libraries do, accepts
what Paystate passes on, all of it and in order, though it is down or answers 500 for a while, and both sides are killed.

    PAYSTATE=BINARY test_plugin.py [-v] [Plugin.test_…]

Needs php-cli and openssl. Without PAYSTATE the debug build is tested.
"""

import atexit
import base64
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True  # A cache would lie beside the scripts.
sys.path.insert(0, str(ROOT / "Tests" / "postgresql"))
from daemon import Receiver  # noqa: E402
from plugin import Plugin  # noqa: E402
from shop import BASIC_SHOP, QUERY_KEY, SHOP_SECRET, Shop, basic  # noqa: E402

BINARY = os.environ.get("PAYSTATE", str(ROOT / ".build" / "debug" / "paystate"))
GATEWAY = "203.0.113.7"
PATIENCE = 75  # seconds; the third attempt comes after 12 s, the fourth after 72 s


class PluginTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = tempfile.TemporaryDirectory(prefix="plugin-keys-")
        cls.addClassCleanup(cls.keys.cleanup)
        cls.shop = Shop(pathlib.Path(cls.keys.name))

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plugin-"))
        self.at_end(shutil.rmtree, self.folder, True)
        self.plugin = Plugin(self.folder / "shop", self.shop.settings)
        self.at_end(self.plugin.kill)
        accounts = {name: {**account, "forward": [{"to": self.plugin.url(self.shop.plugin[name]), "name": "shop"}]}
                    for name, account in self.shop.accounts.items()}
        # Nobody is polled: what the shop learns came by a callback.
        reconcile = {"first_after": "1h", "schedule": ["1h"]}
        self.database = self.folder / "paystate.db"
        self.daemon = Receiver(BINARY, str(self.folder), "daemon", str(self.database), accounts, reconcile,
                               trusted_proxies=["127.0.0.1/32"])
        self.at_end(self.daemon.kill)
        self.plugin.start()
        self.daemon.start()

    def at_end(self, function, *arguments):
        """After the test, and also where the whole run is ended before."""
        self.addCleanup(function, *arguments)
        atexit.register(function, *arguments)

    def stories(self, count):
        """So many payments at each account."""
        return [self.shop.story(account, number) for number in range(1, count + 1) for account in self.shop.accounts]

    def send(self, story, step, patience=20):
        """Posts a callback as a gateway does: until it is answered 200."""
        body, headers = story.callbacks[step]
        end, status = time.monotonic() + patience, None
        while status != 200:
            self.assertLess(time.monotonic(), end, f"the daemon answers {status}: {self.daemon.tail()}")
            connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                connection.request("POST", f"/callbacks/{story.account}", body, {**headers, "X-Forwarded-For": GATEWAY})
                status = connection.getresponse().status
            self.assertNotIn(status, [400, 401, 403, 404], "the daemon does not take this signature for the gateway's")
            if status != 200:
                time.sleep(0.05)

    def query(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(sql).fetchall()

    def wait_until_accepted(self, stories):
        """Until the plugin has accepted each body of these payments, and Paystate knows it."""
        end = time.monotonic() + PATIENCE
        while True:
            accepted = self.plugin.accepted()
            missing = [s.payment for s in stories if set(s.bodies) - set(accepted.get(s.payment, []))]
            names = ",".join(f"'{story.payment}'" for story in stories)
            waiting = self.query(f"SELECT * FROM forwards WHERE state <> 'delivered' AND payment_id IN ({names}) LIMIT 5")
            if not missing and not waiting:
                return
            self.assertLess(time.monotonic(), end, f"not accepted: {missing[:5]}; not delivered: {waiting}; {self.daemon.tail()}")
            time.sleep(0.1)

    def assert_in_order(self, stories):
        """Each payment's callbacks were accepted in their order: one may come again, but not after the next one."""
        accepted = self.plugin.accepted()
        for story in stories:
            steps = [story.bodies.index(body) for body in accepted[story.payment]]  # a ValueError: a byte was changed
            self.assertEqual(sorted(set(steps)), [0, 1, 2], story.payment)
            self.assertEqual(steps, sorted(steps), story.payment)

    def assert_nothing_refused(self):
        self.assertEqual(self.plugin.lines("refused"), [], "the plugin does not take this signature for the gateway's")

    def test_what_is_passed_on_is_what_the_gateway_sent(self):
        stories = self.stories(2)
        for story in stories:
            for step in range(3):
                self.send(story, step)
        self.wait_until_accepted(stories)
        self.assert_in_order(stories)
        self.assert_nothing_refused()
        types = {body: headers["Content-Type"] for story in stories for body, headers in story.callbacks}
        for line in self.plugin.lines("accepted"):
            self.assertEqual(line["type"], types[base64.b64decode(line["body"])])
            self.assertIn(GATEWAY, line["sender"])
            self.assertTrue(line["callback"].isdigit() and int(line["attempt"]) >= 1, line)
        with self.subTest("what is secret stands neither in the log nor in the views"):
            views = self.query("SELECT * FROM targets") + self.query("SELECT * FROM forwards")
            told = self.daemon.tail(10_000_000) + json.dumps(views)
            self.assertNotIn(QUERY_KEY, told)
            self.assertNotIn(SHOP_SECRET, told)
            self.assertNotIn(basic(BASIC_SHOP, SHOP_SECRET), told)

    def test_the_plugin_would_refuse_another_body(self):
        """Without this, a handler that checks nothing would pass the others."""
        for story in self.stories(1):
            name, (body, headers) = self.shop.plugin[story.account], story.callbacks[1]
            self.assertEqual(self.plugin.post(name, body, headers), 200)
            with self.subTest(story.account, change="no proof"):
                proof = {"Content-Signature", "Authorization"}
                if proof & set(headers):
                    self.assertEqual(self.plugin.post(name, body, {k: v for k, v in headers.items() if k not in proof}), 403)
                else:
                    self.assertEqual(self.plugin.post(name, body.replace(b'"signature"', b'"signed"'), headers), 403)
            if story.account == "by-basic":
                self.assertEqual(self.plugin.post(name, body, {"Authorization": basic(BASIC_SHOP, "wrong")}), 403)
                continue  # Basic proves the sender, not the body
            with self.subTest(story.account, change="another amount"):
                self.assertEqual(self.plugin.post(name, body.replace(b"5201", b"5202").replace(b"700", b"701"), headers), 403)
            if story.account == "by-signed":
                with self.subTest(story.account, change="encoded again"):
                    self.assertEqual(self.plugin.post(name, json.dumps(json.loads(body)).encode(), headers), 403)
        self.assertGreater(len(self.plugin.lines("refused")), 4)

    def test_a_payment_that_the_plugin_cannot_take_holds_up_itself_alone(self):
        stories = self.stories(4)
        broken = [story for story in stories[:3]]  # one of each account
        for story in broken:
            self.plugin.breaks(story.payment)
        for step in range(3):
            for story in stories:
                self.send(story, step)
        others = [story for story in stories if story not in broken]
        self.wait_until_accepted(others)
        self.assertEqual({line["payment"] for line in self.plugin.lines("failed")}, {story.payment for story in broken})
        for story in broken:
            self.assertNotIn(story.payment, self.plugin.accepted())
            self.plugin.mends(story.payment)
        self.wait_until_accepted(broken)
        self.assert_in_order(stories)
        self.assert_nothing_refused()

    def test_everything_is_accepted_in_the_end_though_both_sides_are_killed(self):
        stories = self.stories(10)
        broken = stories[4]
        self.plugin.breaks(broken.payment)
        for story in stories:
            self.send(story, 0)
        self.plugin.kill()
        for story in stories[:15]:
            self.send(story, 1)
        self.daemon.kill()
        self.daemon.start()
        for story in stories[15:]:
            self.send(story, 1)
        self.plugin.start()
        for story in stories[:15]:
            self.send(story, 2)
        self.plugin.kill()
        self.plugin.start()
        self.plugin.mends(broken.payment)
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        for story in stories[15:]:
            self.send(story, 2)
        self.wait_until_accepted(stories)
        self.assert_in_order(stories)
        self.assert_nothing_refused()
        self.assertEqual(self.query("SELECT state, count(*) FROM forwards GROUP BY state"), [("delivered", 3 * len(stories))])
        self.assertEqual(self.query("SELECT sum(waiting), sum(gave_up), count(*) FROM targets"), [(0, 0, 3)])
        self.assertEqual(self.query("SELECT count(*) FROM anomalies WHERE kind = 'undelivered' AND closed_at IS NULL"), [(0,)])
        self.assertEqual(self.daemon.exits, [])

    def test_a_payment_is_delivered_again_when_it_is_asked_for(self):
        story, other = self.stories(1)[:2]
        for step in range(3):
            self.send(story, step)
            self.send(other, step)
        self.wait_until_accepted([story, other])
        before = {name: len(bodies) for name, bodies in self.plugin.accepted().items()}
        order = {"account": story.account, "payment_id": story.payment}
        status, answer = self.daemon.ask("POST", "/v1/deliver", order)
        self.assertEqual(status, 200, answer)
        end = time.monotonic() + 20
        while self.plugin.accepted()[story.payment][before[story.payment]:] != story.bodies:
            self.assertLess(time.monotonic(), end, self.plugin.lines("accepted"))
            time.sleep(0.1)
        self.assertEqual(len(self.plugin.accepted()[other.payment]), before[other.payment])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    unittest.main()
