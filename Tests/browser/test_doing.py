"""What people do on the page: acknowledge, poll, deliver again; and that nobody else can make them do it."""

import http.client
import urllib.parse

import bench
from bench import ECOMMPAY, SPECIAL, path
from traffic import PRICED


class Doing(bench.PageCase):
    def acknowledge(self, payment, scripts):
        page = self.open("/anomalies", scripts=scripts)
        row = page.locator(bench.ANOMALY).filter(has_text=payment).first
        form = row.locator('form[action$="/acknowledge"]')
        form.locator('[name="note"]').fill(f"agreed about {payment}")
        with page.expect_navigation():
            form.get_by_role("button").click()
        closed = self.query("SELECT resolution, acknowledged_by FROM anomalies WHERE payment_id = ? AND closed_at IS NOT NULL", payment)
        self.assertEqual(closed[0][0], f"agreed about {payment}")
        page.goto("/anomalies")
        form = page.locator(bench.ANOMALY).filter(has_text=payment).locator('form[action$="/acknowledge"]')
        self.assertEqual(form.count(), 0, "it can be acknowledged again")

    def query(self, sql, *arguments):
        import sqlite3
        with sqlite3.connect(f"file:{self.world.daemon.home}/paystate.db?mode=ro", uri=True) as ledger:
            return ledger.execute(sql, arguments).fetchall()

    def test_acknowledging_closes_an_anomaly_with_the_note(self):
        self.acknowledge(PRICED[0], scripts=True)

    def test_acknowledging_works_without_javascript(self):
        self.acknowledge(PRICED[1], scripts=False)

    def test_polling_asks_the_gateway(self):
        page = self.open(path(ECOMMPAY, SPECIAL))
        self.press(page, "/poll")
        asked = lambda: any(payment == SPECIAL for _, _, _, payment in self.world.gateway.asked)  # noqa: E731
        self.assertTrue(self.eventually(asked), "the gateway was not asked")
        self.assertEqual(urllib.parse.urlsplit(page.url).path, path(ECOMMPAY, SPECIAL))

    def test_delivering_again_sends_all_callbacks_of_the_payment_once_more(self):
        digests = [callback.digest for callback in self.world.traffic.special]

        def came():
            return [request["digest"] for request in self.world.handler.requests() if request["digest"] in digests]

        self.assertTrue(self.eventually(lambda: len(came()) >= len(digests)), f"only {len(came())} were delivered at first")
        before = len(came())
        page = self.open(path(ECOMMPAY, SPECIAL))
        self.press(page, "/deliver")
        self.assertTrue(self.eventually(lambda: len(came()) >= before + len(digests)), f"{len(came()) - before} were delivered again")
        self.assertEqual(came()[before:before + len(digests)], digests)

    def test_no_form_works_without_its_token_or_from_another_site(self):
        page = self.open(path(ECOMMPAY, SPECIAL))
        token = page.locator('form[action$="/poll"] [name="token"]').first.get_attribute("value")
        self.assertTrue(token)
        right = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.world.origin}
        before = len(self.world.gateway.asked)
        for what, body, headers in (("no token", "", right), ("a wrong token", "token=" + "0" * len(token), right),
                                    ("another site", f"token={token}", right | {"Origin": "http://evil.example"}),
                                    ("another site's frame", f"token={token}", right | {"Sec-Fetch-Site": "cross-site"}),
                                    ("another host", f"token={token}", right | {"Host": "evil.example"})):
            status = self.post(path(ECOMMPAY, SPECIAL) + "/poll", body, headers)
            self.assertIn(status, (400, 403, 421), what)
        self.assertEqual(len(self.world.gateway.asked), before)

    def post(self, to, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.world.daemon.admin, timeout=10)
        try:
            connection.request("POST", to, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
