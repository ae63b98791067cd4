"""A browser that notes whatever a page does that it must not."""

import atexit
import functools
import importlib.resources
import os
import re
import time
import unittest
import urllib.parse

from playwright.sync_api import sync_playwright

from world import World
from shops import ECOMCHARGE, ECOMMPAY
from traffic import HOSTILE, MARKET, SPECIAL

CHROMIUM = "/usr/bin/chromium"
ZONE = "Pacific/Chatham"  # 13:45 or 12:45 ahead of UTC: nobody's by accident
WAIT = 10_000  # milliseconds that a page may take
TEXTS = r"[\u202a-\u202e\u2066-\u2069]"  # that change the direction of what follows

# What the tests find a page's parts by, beside the paths of forms, which are documented.
SEARCH = 'main form[role="search"] input:not([type="hidden"])'  # the first field of a list's form
PAYMENT_LINKS = 'main table a[href^="/payments/"]'
NEXT = 'a[rel="next"]'
MONEY = 'section[aria-labelledby="money"] table'
STORY = "ol.story"
BODY = "pre"
ANOMALY = "article"

WATCH = """
document.addEventListener('securitypolicyviolation', event =>
    misbehaved(`CSP: ${event.violatedDirective} by ${event.blockedURI} ${event.sample}`));
addEventListener('error', event => misbehaved(`error: ${event.message || event.target.outerHTML}`), true);
window.shifts = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (!entry.hadRecentInput) window.shifts.push(`${entry.value.toFixed(5)} by ` +
        entry.sources.map(source => (source.node?.outerHTML || source.node?.textContent || '').slice(0, 120)).join(', '));
})).observe({type: 'layout-shift', buffered: true});
"""


@functools.cache
def world():
    return World()


@functools.cache
def browser():
    driver = sync_playwright().start()
    atexit.register(driver.stop)
    options = ["--no-sandbox"] if os.getuid() == 0 else []  # chromium's sandbox refuses root
    chromium = driver.chromium.launch(executable_path=CHROMIUM, args=options)
    atexit.register(chromium.close)
    return chromium


@functools.cache
def axe():
    return (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text()


def path(account, payment, query=""):
    """The path of a payment's page."""
    return f"/payments/{urllib.parse.quote(account, safe='')}/{urllib.parse.quote(payment, safe='')}{query}"


def named(href):
    """The path of the payment that a link names. A name that a browser would resolve stands in the query instead."""
    where = urllib.parse.urlsplit(href)
    inner = urllib.parse.parse_qs(where.query).get("id")
    return path(urllib.parse.unquote(where.path.split("/")[2]), inner[0]) if inner else where.path


def pages():
    """Every page, by name."""
    return {
        "overview": "/", "payments": "/payments", "nothing found": "/payments?q=nobody-has-this-name", "anomalies": "/anomalies",
        "rejected": "/rejected", "callbacks": "/callbacks", "subscriptions": "/subscriptions",
        "a payment": path(ECOMMPAY, SPECIAL), "a payment at eComCharge": path(ECOMCHARGE, MARKET),
        "a hostile payment": path(ECOMMPAY, HOSTILE), "personal data": path(ECOMMPAY, SPECIAL, "?show=personal"),
        "no such payment": path(ECOMMPAY, "nobody-has-this-name"),
    }


class PageCase(unittest.TestCase):
    """Pages in windows of their own; when the test ends, none of them may have misbehaved."""

    def setUp(self):
        self.world, self.misbehaviour = world(), []

    def open(self, to, *, expected=200, scripts=True, width=1280, dark=False, bypass=False):
        """A page in a new window; scripts: whether JavaScript is on; bypass: whether tests may add scripts of theirs to it."""
        context = browser().new_context(
            base_url=self.world.origin, java_script_enabled=scripts, viewport={"width": width, "height": 900}, timezone_id=ZONE,
            locale="en-GB", color_scheme="dark" if dark else "light", bypass_csp=bypass, reduced_motion="reduce")
        context.set_default_timeout(WAIT)
        self.addCleanup(self.end, context)
        if scripts and not bypass:
            context.expose_binding("misbehaved", lambda source, what: self.misbehaviour.append(f"{source['page'].url}: {what}"))
            context.add_init_script(WATCH)
        context.on("request", self.look_at_request)
        page = context.new_page()
        page.on("dialog", self.look_at_dialog)
        page.on("console", self.look_at_console)
        page.on("pageerror", lambda error: self.misbehaviour.append(f"{page.url}: {error}"))
        response = page.goto(to, wait_until="load")
        self.assertEqual(response.status, expected, to)
        return page

    def end(self, context):
        context.close()
        self.assertEqual(self.misbehaviour, [])

    def look_at_request(self, request):
        if not request.url.startswith((self.world.origin + "/", "data:")):
            self.misbehaviour.append(f"a request to {request.url}")

    def look_at_dialog(self, dialog):
        self.misbehaviour.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def look_at_console(self, message):
        # That a page is answered 404 is told on the console as well.
        if message.type in ("error", "warning") and "status of 404" not in message.text:
            self.misbehaviour.append(f"console: {message.text}")

    def links(self, page):
        """What a list's links to payments lead to, by the payments' paths, in its order."""
        hrefs = [link.get_attribute("href") for link in page.locator(PAYMENT_LINKS).all()]
        return {named(href): href for href in hrefs}

    def payments(self, page):
        """The paths of the payments that a list shows, in its order."""
        return list(self.links(page))

    def search(self, page, text):
        """Searches, and what is found: links by paths."""
        page.locator(SEARCH).first.fill(text)
        with page.expect_navigation():
            page.locator(SEARCH).first.press("Enter")
        return self.links(page)

    def press(self, page, action, **fields):
        """Sends a page's form by its button."""
        form = page.locator(f'form[action*="{action}"]').first
        for name, text in fields.items():
            form.locator(f'[name="{name}"]').fill(text)
        with page.expect_navigation():
            form.get_by_role("button").click()

    def eventually(self, check, patience=10):
        end = time.monotonic() + patience
        while not check():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True


def visible_text(page):
    return re.sub(r"\s+", " ", page.locator("main").inner_text())
