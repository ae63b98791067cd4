"""How it looks and is used: narrow, light and dark, by keyboard, by people who do not see; and nothing jumps."""

import bench
from bench import ECOMMPAY, SPECIAL, path

FOCUS = """
() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    // The parts within a field for times, such as its button, are the browser's own, and show their focus themselves.
    const outlined = element.type === 'datetime-local' || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    return {what: element.outerHTML.slice(0, 160), tag: element.tagName, href: element.getAttribute('href') || '',
            type: element.type || '', action: element.form ? element.form.getAttribute('action') || '' : '', rel: element.rel || '',
            visible: (outlined || style.boxShadow !== 'none') && box.width > 0 && box.height > 0};
}
"""
WIDE = """
() => [document.documentElement.scrollWidth, [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('[data-scrolls], .scroll, pre, table'))
    .slice(0, 5).map(element => element.outerHTML.slice(0, 120))]
"""
GROUND = "() => [document.body, document.documentElement].map(e => getComputedStyle(e).backgroundColor).find(c => c !== 'rgba(0, 0, 0, 0)')"


class Looks(bench.PageCase):
    def each(self, **how):
        for name, to in bench.pages().items():
            yield name, self.open(to, expected=404 if name == "no such payment" else 200, **how)

    def test_no_page_is_wider_than_a_phone(self):
        for name, page in self.each(width=360):
            page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
            width, wide = page.evaluate(WIDE)
            self.assertLessEqual(width, 360, f"{name}: {wide}")

    def test_the_word_of_an_account_is_above_its_last_callback(self):
        page = self.open("/", width=390)
        for card in page.locator("article.card").all():
            badge, last = card.locator("h3 .state").bounding_box(), card.locator("p.last").bounding_box()
            self.assertLessEqual(badge["y"] + badge["height"], last["y"] + 1)

    def test_nothing_shifts(self):
        for width in (1280, 360):
            for name, page in self.each(width=width):
                page.wait_for_timeout(500)
                self.assertEqual(page.evaluate("window.shifts"), [], f"{name} at {width} px")

    def test_dark_is_dark(self):
        light, dark = (self.open("/", dark=dark).evaluate(GROUND) for dark in (False, True))
        self.assertGreater(brightness(light), 600)
        self.assertLess(brightness(dark), 200)

    def test_axe_finds_nothing(self):
        for dark in (False, True):
            for width in (1280, 360):
                for name, page in self.each(dark=dark, width=width, bypass=True):
                    page.evaluate(bench.axe() + "; undefined")
                    result = page.evaluate("axe.run({resultTypes: ['violations']})")
                    found = [f"{violation['id']}: {violation['help']}: {[node['target'] for node in violation['nodes']][:3]}"
                             for violation in result["violations"]]
                    self.assertEqual(found, [], f"{name}, {'dark' if dark else 'light'}, {width} px")

    def test_tab_reaches_all_that_can_be_used(self):
        reached = self.tab(self.open("/payments"))
        self.assertTrue(any(at["tag"] == "INPUT" for at in reached), "not the search")
        self.assertTrue(any(at["tag"] == "SELECT" for at in reached), "no filter")
        self.assertTrue(any(at["href"].startswith("/payments/") for at in reached), "no payment of the list")
        self.assertTrue(any(at["rel"] == "next" for at in reached), "not the next page")
        for to, action in ((path(ECOMMPAY, SPECIAL), "/poll"), (path(ECOMMPAY, SPECIAL), "/deliver"), ("/anomalies", "/acknowledge")):
            reached = self.tab(self.open(to))
            self.assertTrue(any(at["action"].endswith(action) and at["tag"] == "BUTTON" for at in reached), f"no button {action} on {to}")

    def tab(self, page):
        """What Tab leads to, from the start until it has been around; each of it must show that it has the focus."""
        reached = []
        for _ in range(600):
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUS)
            if at is None:
                break
            self.assertTrue(at["visible"], f"the focus does not show on {at['what']}")
            reached.append(at)
            if at["tag"] == "SUMMARY" and not page.evaluate("document.activeElement.parentElement.open"):
                page.keyboard.press("Enter")
        return reached


def brightness(color):
    """The sum of red, green and blue."""
    return sum(int(part) for part in color[color.index("(") + 1:-1].split(",")[:3])
