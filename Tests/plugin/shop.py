"""A shop's accounts at both gateways, and the callbacks of its payments, signed as the gateways sign them."""

import base64
import json
import subprocess

from callbacks import SECRET, message, operation, signed

PROJECT, SIGNED_SHOP, BASIC_SHOP = 240, 1673, 1674
SHOP_SECRET, QUERY_KEY = "shop-secret-in-a-header", "key-in-a-query"
STARTED = 1_700_000_000
NOWHERE = "http://127.0.0.1:9"


class Story:
    """One payment, and its callbacks in their order: body and headers."""

    def __init__(self, account, payment, callbacks):
        self.account, self.payment, self.callbacks = account, payment, callbacks

    @property
    def bodies(self):
        return [body for body, _ in self.callbacks]


class Shop:
    """`accounts` by name, as the configuration has them; `plugin` by name, as the handler calls them."""

    plugin = {"eu-shop": "ecommpay", "by-signed": "signed", "by-basic": "basic"}

    def __init__(self, folder):
        self.key = folder / "gateway.key"
        run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.key)
        self.public_key = base64.b64encode(run("openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER")).decode()
        (folder / "shop.pub").write_text(self.public_key)
        urls = {name: NOWHERE for name in ("checkout_url", "gateway_url", "api_url")}
        self.accounts = {
            "eu-shop": {"gateway": "ecommpay", "project_id": PROJECT, "secrets": [{"value": SECRET}], "api_url": NOWHERE},
            "by-signed": {"gateway": "ecomcharge", "shop_id": SIGNED_SHOP, "secret": {"value": SHOP_SECRET},
                          "public_key": {"file": str(folder / "shop.pub")}, **urls},
            "by-basic": {"gateway": "ecomcharge", "shop_id": BASIC_SHOP, "secret": {"value": SHOP_SECRET},
                         "authentication": "basic", **urls},
        }
        self.settings = {"ecommpay_secret": SECRET, "public_key": self.public_key, "shop_id": str(BASIC_SHOP),
                         "shop_secret": SHOP_SECRET, "key": QUERY_KEY}

    def story(self, account, number):
        """A payment that is begun, paid, and refunded in part."""
        if account == "eu-shop":
            return self._ecommpay(number)
        payment = f"{37_000_000 + number}-{'a' if account == 'by-signed' else 'b'}{number:05x}"
        steps = [("payment", "incomplete"), ("payment", "successful"), ("refund", "successful")]
        return Story(account, payment, [self._ecomcharge(account, payment, number, *step) for step in steps])

    def _ecommpay(self, number):
        payment, amount, at = f"ORDER-{number}", 5200 + number, STARTED + number
        sale, refund = 10 * number + 1, 10 * number + 2
        steps = [("processing", operation(sale, "sale", "processing", amount, at)),
                 ("success", operation(sale, "sale", "success", amount, at + 5)),
                 ("partially refunded", operation(refund, "refund", "success", 100, at + 9))]
        bodies = [signed(message(PROJECT, payment, status, amount, at + 9 * step, operation=done))
                  for step, (status, done) in enumerate(steps)]
        return Story("eu-shop", payment, [(body, {"Content-Type": "application/json"}) for body in bodies])

    def _ecomcharge(self, account, payment, number, type, status):
        is_root, at = type == "payment", f"2026-11-20T10:00:{['incomplete', 'successful'].index(status):02}.{number:03}Z"
        own = {"uid": payment, "amount": 700, "tracking_id": f"Заказ {number}"} if is_root else \
            {"uid": f"{payment}-refund", "amount": 100, "parent_uid": payment}
        transaction = {**own, "type": type, "status": status, "test": False, "currency": "BYN",
                       "created_at": "2026-11-20T10:00:00Z", "updated_at": at}
        # Written as no library would write it again: a body that is parsed and encoded on its way is another one.
        body = json.dumps({"transaction": transaction}, ensure_ascii=False, indent=3).replace("10:00", r"10\u003a00").encode() + b"\n"
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if account == "by-signed":
            headers["Content-Signature"] = base64.b64encode(run("openssl", "dgst", "-sha256", "-sign", self.key, input=body)).decode()
        else:
            headers["Authorization"] = basic(BASIC_SHOP, SHOP_SECRET)
        return body, headers


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def run(*command, input=None):
    return subprocess.run(command, input=input, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=30).stdout
