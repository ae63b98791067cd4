#!/usr/bin/env python3
"""Paystate's admin API: tell it of a payment, and ask whether an order is paid.

    paystate.py watch eu-shop ORDER-17 5200 EUR
    paystate.py is-paid eu-shop ORDER-17

$PAYSTATE_ADMIN is the admin address: the socket, which members of the group paystate may use, or http://127.0.0.1:8081.
`is-paid` exits with 0 (paid), 1 (not paid) or 2 (nobody knows: ask again).
"""

import http.client
import json
import os
import socket
import sys
import urllib.parse

ADMIN = os.environ.get("PAYSTATE_ADMIN", "/run/paystate/admin.sock")
TIMEOUT = 5


class Unavailable(Exception):
    """Paystate did not do what it was asked for, or did not answer. That says nothing about the payment.
"""


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=TIMEOUT)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(method, path, value=None):
    """What Paystate answers, as a dict."""
    if ADMIN.startswith("http://"):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(ADMIN).netloc, timeout=TIMEOUT)
    elif ADMIN.startswith("/"):
        connection = SocketConnection(ADMIN)
    else:
        raise Unavailable(f"PAYSTATE_ADMIN must begin with http://, or with / for a socket; it is {ADMIN}")
    try:
        body = None if value is None else json.dumps(value)
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        response = connection.getresponse()
        text = response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"no answer at {ADMIN}: {error}") from error
    finally:
        connection.close()
    if response.status != 200:
        raise Unavailable(f"{method} {path.partition('?')[0]}: {response.status} {text.strip()}")
    try:
        return json.loads(text)
    except ValueError as error:
        raise Unavailable(f"{ADMIN} does not answer with JSON: {error}") from error


def watch(account, amount_minor, currency, **names):
    """Tells Paystate of a payment when you create it, so that the gateway is polled although no callback comes.
    `names`: payment_id (ecommpay); token or uid, and reference (eComCharge). If it fails, log that and let the buyer
    pay: watching again later, also twice, is harmless."""
    return ask("POST", "/v1/watch", {"account": account, "amount_minor": amount_minor, "currency": currency, **names})


def is_paid(account, reference):
    """Whether the order is paid now. Raises `Unavailable` where that cannot be known: never take that for False."""
    query = urllib.parse.urlencode({"account": account, "reference": reference})
    try:
        return any(order["paid"] for order in ask("GET", f"/v1/orders?{query}")["orders"])
    except (KeyError, TypeError) as error:
        raise Unavailable(f"{ADMIN} does not answer with orders") from error


def main(arguments):
    try:
        match arguments:
            case ["watch", account, payment, amount, currency] if amount.isascii() and amount.isdigit():
                print(json.dumps(watch(account, int(amount), currency, payment_id=payment)))
                return 0
            case ["is-paid", account, reference]:
                paid = is_paid(account, reference)
                print("paid" if paid else "not paid")
                return 0 if paid else 1
    except Unavailable as error:
        print(error, file=sys.stderr)
        return 2
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
