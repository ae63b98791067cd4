"""Two shops, one at each gateway, with keys of their own: what their gateways post about payments, signed as they sign it."""

import base64
import contextlib
import hashlib
import http.client
import json
import pathlib
import sys
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "postgresql"))

from callbacks import SECRET, message, operation, signed  # noqa: E402

ECOMMPAY, ECOMCHARGE = "eu-shop", "by-shop"
PROJECT, SHOP = 240, 1673
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
BASIC = "Basic " + base64.b64encode(f"{SHOP}:{SECRET}".encode()).decode()
NOBODY = "http://127.0.0.1:9"  # a gateway that no poll reaches
STARTED = int(time.time()) - 2 * 86_400  # the gateways' clocks begin here


def accounts(gateway=NOBODY, forward=()):
    """The configuration's `accounts`. forward: the targets of both."""
    public = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    targets = {"forward": list(forward)} if forward else {}
    return {
        ECOMMPAY: {"gateway": "ecommpay", "project_id": PROJECT, "secrets": [{"value": SECRET}], "api_url": gateway, **targets},
        ECOMCHARGE: {"gateway": "ecomcharge", "shop_id": SHOP, "secret": {"value": SECRET},
                     "public_key": {"value": base64.b64encode(public).decode()}, "authentication": "signature+basic",
                     "checkout_url": gateway, "gateway_url": gateway, "api_url": gateway, **targets},
    }


class Callback:
    """What a gateway posts: an account, bytes and headers. `step` is its place among those of its payment."""

    def __init__(self, account, payment, step, body, headers):
        self.account, self.payment, self.step, self.body, self.headers = account, payment, step, body, headers
        self.digest = hashlib.sha256(body).hexdigest()
        self.acknowledged = False

    def __str__(self):
        return f"{self.account}/{self.payment} #{self.step + 1}"


def ecommpay(payment, step, status, amount, operation, at, **more):
    """A callback of ecommpay. more: further members, as `account`."""
    body = signed(message(PROJECT, payment, status, amount, at, operation=operation) | more)
    return Callback(ECOMMPAY, payment, step, body, {"Content-Type": "application/json"})


def ecomcharge(payment, step, transaction, subscription=None):
    """A callback of eComCharge: a transaction of a payment, or a subscription, signed."""
    root = subscription or {"transaction": {"test": False, "currency": "EUR", **transaction}}
    body = json.dumps(root, ensure_ascii=False).encode()
    signature = base64.b64encode(KEY.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()
    return Callback(ECOMCHARGE, payment, step, body,
                    {"Content-Type": "application/json; charset=utf-8", "Content-Signature": signature, "Authorization": BASIC})


def gateway_time(seconds):
    """As eComCharge writes times."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def payment(number, callbacks=4, at=None):
    """A payment's callbacks in their order: it is pending, succeeds, and is refunded in parts; at both gateways in turn.
    at: the gateway's time of the first one, in seconds."""
    amount, part, at = 1_000 + number * 37 % 50_000, 10, at or STARTED + 60 * number
    if number % 2:
        name, sale = f"ORDER-{number}", 1_000 * number
        steps = [ecommpay(name, 0, "processing", amount, operation(sale, "sale", "processing", amount, at), at),
                 ecommpay(name, 1, "success", amount, operation(sale, "sale", "success", amount, at + 5), at + 5)]
        for step in range(2, callbacks):
            refund = operation(sale + step, "refund", "success", part, at + 5 * step)
            steps.append(ecommpay(name, step, "partially refunded", amount, refund, at + 5 * step))
        return steps[:callbacks]
    name = f"{number}-root"
    root = {"uid": name, "type": "payment", "amount": amount, "tracking_id": f"order-{number}", "created_at": gateway_time(at)}
    steps = [ecomcharge(name, 0, {**root, "status": "pending", "updated_at": gateway_time(at)}),
             ecomcharge(name, 1, {**root, "status": "successful", "updated_at": gateway_time(at + 5), "paid_at": gateway_time(at + 5)})]
    for step in range(2, callbacks):
        steps.append(ecomcharge(name, step, {"uid": f"{number}-refund-{step}", "parent_uid": name, "type": "refund",
                                             "status": "successful", "amount": part, "created_at": gateway_time(at + 5 * step),
                                             "updated_at": gateway_time(at + 5 * step)}))
    return steps[:callbacks]


class Sender:
    """A gateway's connection, kept open, and opened again when it is lost."""

    def __init__(self, port, timeout=20):
        self.port, self.timeout, self.connection = port, timeout, None

    def send(self, callback):
        """The status of the answer; 0: there was none."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self.connection.request("POST", f"/callbacks/{callback.account}", callback.body, callback.headers)
            response = self.connection.getresponse()
            response.read()
            if response.will_close:
                self.close()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0
        callback.acknowledged |= response.status == 200
        return response.status

    def close(self):
        if self.connection is not None:
            with contextlib.suppress(OSError):
                self.connection.close()
        self.connection = None
