"""Random histories of both gateways: callbacks, status answers and instructions, as likely wrong as right."""

import base64
import json
import random

from callbacks import SECRET, signed

PROJECT, SHOP = 240, 1673

ECOMMPAY_STATUSES = ("processing", "awaiting 3ds result", "awaiting capture", "awaiting confirmation", "success", "success", "success",
                     "decline", "error", "canceled", "expired", "partially refunded", "refunded", "partially reversed", "initial", "a new word")
ECOMMPAY_TYPES = ("sale", "sale", "auth", "capture", "cancel", "refund", "reversal", "refund reverse", "payout", "recurring", "commission", "a new type")
OPERATION_STATUSES = ("success", "success", "success", "processing", "decline", "error", "expired", "a new word")
TRANSACTION_TYPES = ("payment", "payment", "authorization", "credit", "p2p", "tokenization", "a_new_type")
CHILD_TYPES = ("capture", "void", "refund", "refund", "chargeback", "a_new_type")
TRANSACTION_STATUSES = ("successful", "successful", "successful", "pending", "incomplete", "failed", "error", "expired", "deleted", "a_new_word")
SUBSCRIPTION_STATES = ("trial", "active", "active", "failed_attempt", "error", "failed", "canceled", "a_new_word")
CURRENCIES = ("EUR", "EUR", "EUR", "EUR", "USD", "JPY", "KWD", "XQQ")
# What sorts otherwise by a language than by its bytes, and what engines store in ways of their own.
TEXTS = ("Order", "order", "Ärger", "ärger", "zebra", "Zebra", "İstanbul", "e\u0301clair", "éclair", "名前", "🙂", "", " ", "a'b\"c\\d", "%s ? $1",
         "\u200b", "\ufffd", "tab\tand\nline")
POISON = ("nul\u0000byte", "\u0000", "x" * 70_000, "\ud7ff\ue000\uffff", "\U0010ffff")


class Histories:
    """Makes the next thing that happens, by a seed."""

    def __init__(self, seed):
        self.random, self.count = random.Random(seed), 0
        self.answers = {}  # of the status endpoints, by payment id or path
        self.ecommpay, self.roots, self.tokens, self.subscriptions, self.sent = [], [], [], [], []

    def maybe(self, share):
        return self.random.random() < share

    def number(self):
        self.count += 1
        return self.count

    def text(self):
        return self.random.choice(POISON if self.maybe(0.02) else TEXTS)

    def amount(self):
        return self.random.choice((0, 1, 100, 500, 500, 500, 1000, 5200, 5200, 99_999, 2**31, 2**53 + 1)) if self.maybe(0.98) else \
            self.random.choice((2**63 - 1, 2**63, -1, -2**63 - 1, "500", "5.00", 10.5, None, True))

    def clock(self):
        """A gateway's time: all of them long ago, so that none is taken for a receiver's."""
        return f"2021-{self.random.randint(1, 3):02}-{self.random.randint(1, 28):02}T{self.random.randint(0, 23):02}:{self.random.randint(0, 59):02}:07"

    def old_or_new(self, pool, make):
        if not pool or self.maybe(0.3):
            pool.append(make(self.number()))
        return self.random.choice(pool[-30:])

    # ---- what comes
    def callback(self):
        """An account, a body and headers."""
        kind = self.random.random()
        if self.sent and kind < 0.06:
            return self.random.choice(self.sent[-50:])
        account, body, headers = self.ecommpay_callback() if kind < 0.55 else self.ecomcharge_callback()
        if self.maybe(0.01):
            body = self.random.choice((body[:-1], b"", b"[]", b"null", body + b" " * (262_144 - len(body)), body + b" " * 262_145, b"\xff\xfe"))
        self.sent.append((account, body, headers))
        return account, body, headers

    def ecommpay_callback(self):
        payment = self.old_or_new(self.ecommpay, lambda n: f"E{n}")
        body = self.ecommpay_message(payment)
        if self.maybe(0.7):
            operations = self.ecommpay_operations(payment, self.random.choice((1, 1, 1, 2)))
            body |= {"operation": operations[0]} if len(operations) == 1 else {"operations": operations}
        if self.maybe(0.02):
            body["project_id"] = 999
        data = signed(body, "another-secret" if self.maybe(0.02) else SECRET)
        if self.maybe(0.6):
            self.answers[payment] = self.ecommpay_answer(payment)
        return "ecp", data, {}

    def ecommpay_message(self, payment):
        currency = self.random.choice(CURRENCIES)
        body = {"project_id": PROJECT,
                "payment": {"id": payment, "type": self.random.choice(("purchase", "purchase", "payout", "recurring", "invoice", "a new type")),
                            "status": self.random.choice(ECOMMPAY_STATUSES), "date": self.clock() + "+0000",
                            "method": self.random.choice(("card", "wallet", self.text())), "description": self.text()},
                "customer": {"id": self.random.choice(("7", "8", self.text()))}}
        if self.maybe(0.9):
            body["payment"]["sum"] = {"amount": self.amount(), "currency": currency}
        if self.maybe(0.4):
            body["account"] = {"number": "424242******4242", "type": self.random.choice(("visa", self.text())), "card_holder": self.text(),
                               "token": f"card{self.random.randint(1, 9)}" * 8, "expiry_month": "01", "expiry_year": "2030"}
        if self.maybe(0.1):
            body["recurring"] = {"id": self.random.randint(1, 9), "currency": currency, "valid_thru": "2030-01-01T00:00:00+0000"}
        if self.maybe(0.05):
            body["errors"] = [{"code": "3061", "message": self.text()}]
        return body

    def ecommpay_operations(self, payment, count):
        """Different ones: an answer that contradicts itself about one would be asked for again and again."""
        return [self.ecommpay_operation(10 * int(payment[1:]) + n) for n in self.random.sample(range(6), count)]

    def ecommpay_operation(self, number):
        sum = {"amount": self.amount(), "currency": self.random.choice(CURRENCIES)}
        status = self.random.choice(OPERATION_STATUSES)
        return {"id": number, "type": self.random.choice(ECOMMPAY_TYPES), "status": status, "date": self.clock() + "+0000",
                "created_date": self.clock() + "+0000", "request_id": f"{number:040x}-00000001", "sum_initial": sum, "sum_converted": sum,
                "code": "0" if status == "success" else self.random.choice(("10105", "3101", "309", "1", self.text())), "message": self.text()}

    def ecommpay_answer(self, payment):
        return signed(self.ecommpay_message(payment) | {"operations": self.ecommpay_operations(payment, self.random.randint(0, 3))})

    def ecomcharge_callback(self):
        kind = self.random.random()
        if kind < 0.08:
            body = self.subscription()
        elif kind < 0.14:
            body = {"token": self.token(), "expired": True, "finished": self.maybe(0.5),
                    "order": {"amount": self.amount(), "currency": "EUR", "tracking_id": self.reference(), "description": self.text()}}
        else:
            body = {"transaction": self.transaction()}
        user = f"{SHOP}:{'wrong' if self.maybe(0.02) else SECRET}"
        return "ecb", json.dumps(body, ensure_ascii=False).encode(), {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()}

    def reference(self):
        return f"order-{self.random.randint(1, 40)}"

    def token(self):
        return self.old_or_new(self.tokens, lambda n: f"{n:064x}")

    def transaction(self):
        root = self.old_or_new(self.roots, lambda n: f"{n}-root")
        status = self.random.choice(TRANSACTION_STATUSES)
        uid = root if self.maybe(0.6) else f"{root}-{self.random.randint(1, 4)}"
        type = self.random.choice(TRANSACTION_TYPES if uid == root else CHILD_TYPES)
        about = {"uid": uid, "id": uid, "type": type, "status": status, "amount": self.amount(), "currency": self.random.choice(CURRENCIES),
                 "message": self.text(), "test": self.random.choice((False, False, False, True, 1)), "created_at": self.clock() + ".000Z",
                 "updated_at": self.clock() + ".123Z", type: {"status": status, "gateway_id": 1, "rrn": "123", "auth_code": "A1"}}
        if uid != root:
            about["parent_uid"] = root
        else:
            about |= {"tracking_id": self.random.choice((self.reference(), self.text(), None)), "description": self.text(),
                      "payment_method_type": self.random.choice(("credit_card", "erip")), "customer": {"email": self.text()}}
            if self.maybe(0.5):
                about["credit_card"] = {"holder": self.text(), "brand": "visa", "last_4": "4242", "exp_month": 1, "exp_year": 2030,
                                        "token": self.random.choice(("t1", "t2", "T1")), "stamp": "s"}
            if self.maybe(0.3):
                about["additional_data"] = {"vendor": {"name": "CTP", "token": self.token()}}
        for key in ("paid_at", "settled_at", "expired_at", "manually_corrected_at"):
            if self.maybe(0.2):
                about[key] = self.clock() + ".000Z"
        if self.maybe(0.3):
            about["code"] = self.random.choice(("S.0000", "F.0114", "E.1008", "F.2006", self.text()))
        if self.maybe(0.5):
            self.answers[f"/transactions/{uid}"] = json.dumps({"transaction": about}, ensure_ascii=False).encode()
        return about

    def subscription(self):
        name = self.old_or_new(self.subscriptions, lambda n: f"sbs_{n}")
        return {"id": name, "state": self.random.choice(SUBSCRIPTION_STATES), "tracking_id": self.reference(), "created_at": self.clock() + ".000Z",
                "updated_at": self.clock() + ".000Z", "renew_at": self.clock() + ".000Z", "active_to": self.clock() + ".000Z", "paid_billing_cycles": 1,
                "event": self.random.choice(("created", "renewed", "canceled")), "customer": {"id": "c1"},
                "plan": {"id": "pln_1", "title": self.text(), "currency": "EUR", "plan": {"amount": self.amount(), "interval": 1}},
                "card": {"token": "t9", "brand": "visa", "last_4": "4242"},
                "last_transaction": {"uid": self.random.choice(self.roots or ["1-root"]), "status": "successful", "message": "x"}}

    # ---- what people and programs ask for
    def instruction(self, anomalies):
        """A path of the admin listener and the value that is posted to it. anomalies: the ids of the open ones."""
        kind = self.random.random()
        if kind < 0.2 and anomalies:
            return "/v1/acknowledge", {"anomaly": self.random.choice(anomalies), "note": self.random.choice(("seen", "Ärger 🙂"))}
        if kind < 0.25:
            return "/v1/reverify", {}
        if kind < 0.5:
            value = {"reference": self.random.choice((self.reference(), "Ärger", None)), "amount_minor": self.random.choice((500, 5200, None))}
            value["currency"] = "EUR" if value["amount_minor"] is not None else None
            return "/v1/watch", self.subject(unknown=True) | value
        return "/v1/poll", self.subject()

    def subject(self, unknown=False):
        new = self.number()
        kind = self.random.random()
        if kind < 0.5:
            return {"account": "ecp", "payment_id": f"E{new}" if unknown or not self.ecommpay else self.random.choice(self.ecommpay[-30:])}
        if kind < 0.85 or not self.tokens:
            return {"account": "ecb", "uid": f"{new}-root" if unknown or not self.roots else self.random.choice(self.roots[-30:])}
        return {"account": "ecb", "token": self.token()}
