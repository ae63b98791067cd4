"""Texts of a gateway that mean harm are shown and do nothing; nothing comes from elsewhere; headers are strict."""

import http.client

import bench
from bench import ECOMMPAY, HOSTILE, path
from traffic import DOTS, IMAGE, ODD, REVERSED

# Whether a text that turns the direction ends where its element ends.
LOOSE = """
(pattern) => {
    const turning = new RegExp(pattern), loose = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (!turning.test(node.data)) continue;
        for (let element = node.parentElement; ; element = element.parentElement) {
            const style = getComputedStyle(element);
            if (/isolate|plaintext/.test(style.unicodeBidi)) break;
            const ends = !/^(inline|contents)$/.test(style.display);
            if (ends && element.textContent.trim() === node.data.trim()) break;
            if (ends) { loose.push(element.outerHTML.slice(0, 200)); break; }
        }
    }
    return loose;
}
"""


class Safety(bench.PageCase):
    def test_no_page_misbehaves(self):
        for name, to in bench.pages().items():
            page = self.open(to, expected=404 if name == "no such payment" else 200)
            page.wait_for_timeout(200)
            for script in page.locator("script").all():
                self.assertEqual((script.get_attribute("src") or "").split("?")[0], "/page.js", name)
                self.assertEqual(script.text_content(), "")
            self.assertEqual(page.locator("[style], style, base, iframe, object, embed").count(), 0, name)
            self.assertEqual(page.locator("img[src='x'], [onerror], [onclick], [onload]").count(), 0, name)

    def test_hostile_texts_are_shown_as_they_are(self):
        text = self.open(path(ECOMMPAY, HOSTILE)).locator("body").text_content()
        self.assertIn(HOSTILE, text)
        self.assertIn("<img src=x onerror=", text)

    def test_hostile_payments_are_found_and_opened(self):
        page = self.open("/payments")
        for payment in (HOSTILE, IMAGE, ODD, DOTS, "HOSTILE-RTL" + REVERSED):
            page.goto("/payments")
            found = self.search(page, payment)
            self.assertIn(path(ECOMMPAY, payment), found)
            response = page.goto(found[path(ECOMMPAY, payment)])
            self.assertEqual(response.status, 200, payment)
            self.assertIn(payment.split(REVERSED)[0], page.locator("main").text_content())
            self.press(page, "/poll")
            self.assertTrue(self.eventually(lambda: any(asked == payment for _, _, _, asked in self.world.gateway.asked)), payment)
            self.assertIn(payment.split(REVERSED)[0], page.locator("h1").text_content())

    def test_texts_that_turn_the_direction_turn_nothing_else(self):
        for to in ("/payments", path(ECOMMPAY, HOSTILE), path(ECOMMPAY, "HOSTILE-RTL" + REVERSED)):
            self.assertEqual(self.open(to).evaluate(LOOSE, bench.TEXTS), [], to)

    def test_a_search_is_shown_as_it_is(self):
        page = self.open("/payments")
        self.assertEqual(self.search(page, IMAGE + HOSTILE), {})
        self.assertEqual(page.locator(bench.SEARCH).first.input_value(), IMAGE + HOSTILE)

    def test_headers_are_strict(self):
        for name, to in bench.pages().items():
            headers = self.headers(to)
            policy = headers.get("content-security-policy", "")
            self.assertIn("default-src 'none'", policy, name)
            self.assertIn("frame-ancestors 'none'", policy, name)
            self.assertNotIn("unsafe", policy, name)
            self.assertEqual(headers.get("x-frame-options", "").upper(), "DENY", name)
            self.assertIn(headers.get("referrer-policy"), ("no-referrer", "same-origin"), name)
            self.assertEqual(headers.get("x-content-type-options"), "nosniff", name)
            self.assertNotIn("set-cookie", headers, name)
            self.assertIn("no-store", headers.get("cache-control", ""), name)

    def test_no_other_host_is_served(self):
        self.assertEqual(self.headers("/", Host="evil.example")[""], 421)

    def headers(self, to, **more):
        connection = http.client.HTTPConnection("127.0.0.1", self.world.daemon.admin, timeout=10)
        try:
            connection.request("GET", to, headers=more)
            response = connection.getresponse()
            return {"": response.status} | {name.lower(): value for name, value in response.getheaders()}
        finally:
            connection.close()
