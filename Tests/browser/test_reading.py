"""What people read on the page: lists, searches, a payment's page, times; and all of it without JavaScript."""

import datetime
import re
import urllib.parse
import zoneinfo

import bench
from bench import ECOMCHARGE, ECOMMPAY, MARKET, SPECIAL, path
from traffic import LAST4, PERSONAL, PRICED, REFERENCE, TOKEN


class Reading(bench.PageCase):
    def test_overview_tells_of_each_account_and_target(self):
        page = self.open("/")
        text = bench.visible_text(page)
        for word in (ECOMMPAY, ECOMCHARGE, "shop"):
            self.assertIn(word, text)
        self.assertGreaterEqual(page.locator("svg").count(), 2, "no sparkline for each account")
        for link in ("/payments", "/anomalies", "/rejected", "/callbacks", "/subscriptions"):
            self.assertGreater(page.locator(f'a[href^="{link}"]').count(), 0, f"nothing leads to {link}")

    def test_search_finds_by_id_reference_and_last_4_digits(self):
        page = self.open("/payments")
        for text, account, payment in ((SPECIAL, ECOMMPAY, SPECIAL), (REFERENCE, ECOMCHARGE, MARKET), (LAST4, ECOMMPAY, SPECIAL)):
            page.goto("/payments")
            self.assertEqual(list(self.search(page, text)), [path(account, payment)], text)

    def test_what_is_not_found_is_said(self):
        page = self.open("/payments")
        self.assertEqual(self.search(page, "nobody-has-this-name"), {})
        self.assertRegex(bench.visible_text(page), r"(?i)\bno(thing| payments?)\b")

    def test_filters_keep_what_they_name(self):
        page = self.open("/payments")
        cases = {"account": ECOMCHARGE, "state": "partially_refunded", "purpose": "purchase"}
        for name, value in cases.items():
            page.goto("/payments")
            form = page.locator(f'form:has([name="{name}"])').first
            form.locator(f'[name="{name}"]').select_option(value)
            with page.expect_navigation():
                form.locator('button:not([type="button"])').first.click()
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
            self.assertEqual(query[name], [value])
            shown = self.payments(page)
            self.assertTrue(shown, f"nothing is {name} {value}")
            kept = self.kept(name, value)
            self.assertEqual([link for link in shown if link not in kept], [], f"{name} {value}")

    def kept(self, column, value):
        import sqlite3
        with sqlite3.connect(f"file:{self.world.daemon.home}/paystate.db?mode=ro", uri=True) as ledger:
            rows = ledger.execute(f"SELECT account, payment_id FROM payments WHERE {column} = ?", (value,)).fetchall()
        return {path(*row) for row in rows}

    def test_paging_shows_every_payment_once(self):
        page, seen = self.open("/payments"), []
        for _ in range(50):
            seen += self.payments(page)
            following = page.locator(bench.NEXT)
            if following.count() == 0:
                break
            with page.expect_navigation():
                following.first.click()
        else:
            self.fail("the list does not end after 50 pages")
        self.assertEqual(len(seen), len(set(seen)), "a payment is listed twice")
        self.assertEqual(set(seen), self.kept("1", 1))

    def test_list_says_what_it_is_sorted_by(self):
        for to in ("/payments", "/anomalies", "/rejected", "/callbacks", "/subscriptions"):
            page = self.open(to)
            self.assertRegex(bench.visible_text(page), r"(?i)(newest|latest|most recent\w*|last|sorted)\b", to)

    def test_money_ends_at_the_balance(self):
        page = self.open(path(ECOMMPAY, SPECIAL))
        table = page.locator(bench.MONEY)
        headings = [heading.lower() for heading in table.locator("thead th").all_text_contents()]
        column = next(place for place, heading in enumerate(headings) if "balance" in heading)
        balances = [digits(row.locator("th, td").nth(column).inner_text()) for row in table.locator("tbody tr").all()]
        self.assertIn(balances, ([52_00, 40_00, 30_00], [30_00, 40_00, 52_00]))
        self.assertIn("30.00", bench.visible_text(page))

    def test_story_is_told_in_words(self):
        text = self.open(path(ECOMCHARGE, MARKET)).locator(bench.STORY).all_inner_texts()
        text = " ".join(text)
        self.assertGreater(len(text.split()), 20)
        self.assertIn("refund", text.lower())

    def test_personal_data_is_masked_until_it_is_asked_for(self):
        for account, payment in ((ECOMMPAY, SPECIAL), (ECOMCHARGE, MARKET)):
            secrets = (*PERSONAL.values(), TOKEN)
            page = self.open(path(account, payment))
            self.unfold(page)
            self.assertGreater(page.locator(bench.BODY).count(), 0, "no body is shown")
            for secret in secrets:
                self.assertNotIn(secret, page.content())
            before = len(self.world.log())
            page = self.open(path(account, payment, "?show=personal"))
            self.unfold(page)
            shown = "".join(page.locator(bench.BODY).all_inner_texts())
            for secret in secrets:
                self.assertIn(secret, shown)
            said = self.world.log()[before:]
            self.assertTrue(any("personal" in line and payment in line for line in said.splitlines()), f"not logged: {said}")
            for secret in secrets:
                self.assertNotIn(secret, said)

    def unfold(self, page):
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")

    def test_times_are_in_the_readers_zone_with_utc_in_the_title(self):
        for to in ("/payments", "/anomalies", "/callbacks", path(ECOMMPAY, SPECIAL)):
            page, clocks = self.open(to), 0
            times = page.locator("time[datetime]").all()
            self.assertTrue(times, f"no times on {to}")
            for time in times[:40]:
                utc = datetime.datetime.fromisoformat(time.get_attribute("datetime"))
                local = utc.astimezone(zoneinfo.ZoneInfo(bench.ZONE))
                title = time.get_attribute("title") or ""
                if time.get_attribute("data-clock") is not None:
                    # The sentences of a story name other times in UTC, and so its clock does.
                    self.assertIn(f"{utc:%H:%M}", time.text_content())
                    self.assertIn(f"{local:%H:%M}", title)
                    continue
                self.assertRegex(title, r"UTC|Z$")
                self.assertIn(f"{utc:%H:%M}", title)
                text = time.text_content()
                if re.search(r"\d\d:\d\d", text):
                    clocks += 1
                    self.assertIn(f"{local:%H:%M}", text, f"{title} on {to}")
            self.assertGreater(clocks, 0, f"no clock times on {to}")

    def test_the_footer_says_once_which_zone_the_times_are_in(self):
        self.assertIn(bench.ZONE, self.open("/payments").locator("footer").text_content())
        self.assertIn("Times are in UTC", self.open("/payments", scripts=False).locator("footer").text_content())

    def test_a_payment_says_first_whether_it_is_paid(self):
        page = self.open(path(ECOMMPAY, SPECIAL))
        self.assertRegex(page.locator("h1 + p .state").first.text_content(), r"^(not )?paid$")
        self.assertIn("callbacks go to shop", bench.visible_text(page))

    def test_a_list_names_what_it_does_not_know(self):
        for to in ("/payments", "/anomalies", "/rejected", "/callbacks", "/subscriptions"):
            self.assertIn("«search» is not known here", bench.visible_text(self.open(to + "?search=x")), to)

    def test_everything_can_be_read_without_javascript(self):
        for name, to in bench.pages().items():
            page = self.open(to, scripts=False, expected=404 if name == "no such payment" else 200)
            self.assertGreater(len(bench.visible_text(page)), 20, name)
        page = self.open("/payments", scripts=False)
        self.assertEqual(list(self.search(page, SPECIAL)), [path(ECOMMPAY, SPECIAL)])
        page = self.open(path(ECOMMPAY, SPECIAL), scripts=False)
        self.assertRegex(page.locator("time").first.text_content(), r"UTC|Z|ago|\d")

    def test_a_payment_that_is_unknown_is_said_to_be(self):
        page = self.open(path(ECOMMPAY, "nobody-has-this-name"), expected=404)
        self.assertIn("nobody-has-this-name", bench.visible_text(page))

    def test_anomalies_name_their_payments(self):
        text = bench.visible_text(self.open("/anomalies"))
        for name in PRICED[2:]:  # the others may be acknowledged by now
            self.assertIn(name, text)


def digits(text):
    """An amount in minor units; None where there is none."""
    found = re.search(r"-?[\d\s,\u202f\u00a0]*\d\.\d\d", text.replace("\u2212", "-"))
    return int(re.sub(r"[^\d-]", "", found.group())) if found else None
