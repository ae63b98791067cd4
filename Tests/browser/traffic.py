"""What the daemon of the tests has been told: enough for several pages, something of each kind, and texts that mean harm."""

from callbacks import operation
from shops import ECOMMPAY, STARTED, ecomcharge, ecommpay, gateway_time, payment

PAYMENTS = 260  # plain ones, about half at each gateway
SPECIAL = "SPECIAL-1"  # with a card, personal data and refunds
MARKET = "market-root"  # the same at eComCharge
REFERENCE = "basket 4711"  # MARKET's
LAST4 = "7313"  # of SPECIAL's card alone
PRICED = [f"PRICED-{number}" for number in range(1, 5)]  # not what was expected: an anomaly each
HOSTILE = "<script>alert(1)</script>"
ODD = "odd/?#%25&id='\""  # a payment's id that must be escaped in paths
DOTS = ".."  # as an id: a browser resolves it in a path
IMAGE = '"><img src=x onerror="alert(2)">'
REVERSED = "\u202ereversed\u202e and\u2066"
WORD = "w" * 65_536
PERSONAL = {"holder": "JANE Q PUBLIC", "email": "jane.public@example.org", "phone": "+371 26 555 777"}
TOKEN = "tok-5ec2e70f-the-cards-own"


class Traffic:
    def __init__(self, world, hostile):
        self.world, self.hostile = world, hostile
        self.special = [*self.card(SPECIAL, 5_200, PERSONAL["holder"])]

    def tell(self):
        for number in range(1, PAYMENTS + 1):
            for callback in payment(number, callbacks=1 + number % 4):
                self.world.send(callback)
        for callback in [*self.special, *self.market(), self.subscription()]:
            self.world.send(callback)
        for number, name in enumerate(PRICED):
            self.world.instruct("/v1/watch", account=ECOMMPAY, payment_id=name, amount_minor=100, currency="EUR")
            self.world.send(self.sale(name, 900 + number, 200))
        forged = self.sale("FORGED-1", 950, 300)
        forged.body = forged.body.replace(b"FORGED-1", b"FORGED-2")
        self.world.send(forged, status=403)
        if self.hostile:
            for callback in self.hostilities():
                self.world.send(callback)

    def sale(self, name, number, amount, **more):
        at = STARTED + number
        return ecommpay(name, 0, "success", amount, operation(10_000_000 + 10 * number, "sale", "success", amount, at), at, **more)

    def card(self, name, amount, holder):
        """A payment by card that is refunded twice."""
        at, account = STARTED + 90_000, {
            "account": {"number": f"424242******{LAST4}", "type": "visa", "card_holder": holder, "token": TOKEN, "expiry_month": "01",
                        "expiry_year": "2031"},
            "customer": {"id": "7", "email": PERSONAL["email"], "phone": PERSONAL["phone"]}}
        sale = operation(20_000_001, "sale", "success", amount, at)
        yield ecommpay(name, 0, "processing", amount, operation(20_000_001, "sale", "processing", amount, at), at, **account)
        yield ecommpay(name, 1, "success", amount, sale, at + 5, **account)
        for step, part in ((2, 1_200), (3, 1_000)):
            refund = operation(20_000_000 + step, "refund", "success", part, at + 100 * step)
            yield ecommpay(name, step, "partially refunded", amount, refund, at + 100 * step, **account)

    def market(self):
        at = STARTED + 95_000
        root = {"uid": MARKET, "type": "payment", "amount": 7_700, "tracking_id": REFERENCE, "created_at": gateway_time(at),
                "credit_card": {"holder": PERSONAL["holder"], "brand": "visa", "last_4": "0044", "token": TOKEN, "exp_month": 1,
                                "exp_year": 2031},
                "customer": {"email": PERSONAL["email"], "ip": "127.0.0.1"}, "billing_address": {"phone": PERSONAL["phone"]}}
        yield ecomcharge(MARKET, 0, {**root, "status": "incomplete", "updated_at": gateway_time(at)})
        yield ecomcharge(MARKET, 1, {**root, "status": "successful", "updated_at": gateway_time(at + 5), "paid_at": gateway_time(at + 5)})
        yield ecomcharge(MARKET, 2, {"uid": "market-refund", "parent_uid": MARKET, "type": "refund", "status": "successful", "amount": 700,
                                     "created_at": gateway_time(at + 60), "updated_at": gateway_time(at + 60)})

    def subscription(self):
        at = gateway_time(STARTED)
        return ecomcharge("sbs_1", 0, None, subscription={
            "id": "sbs_1", "state": "active", "tracking_id": "membership-9", "created_at": at, "updated_at": at, "renew_at": at,
            "active_to": at, "paid_billing_cycles": 1, "event": "created", "customer": {"id": "c1"},
            "plan": {"id": "pln_1", "title": HOSTILE if self.hostile else "Monthly", "currency": "EUR",
                     "plan": {"amount": 900, "interval": 1}},
            "card": {"token": "t9", "brand": "visa", "last_4": "4242"}})

    def hostilities(self):
        """Texts that a gateway signed and a page must only show."""
        names = ((HOSTILE, 1), (IMAGE, 2), (ODD, 3), ("HOSTILE-RTL" + REVERSED, 4), (DOTS, 5))
        for name, number in names:
            at = STARTED + 99_000 + number
            for step, text in enumerate((HOSTILE, IMAGE, REVERSED, WORD)):
                body = operation(30_000_000 + 10 * number + step, "sale", "decline" if step < 3 else "success", 100, at + step)
                body |= {"message": text, "code": text[:40]}
                yield ecommpay(name, step, "decline" if step < 3 else "success", 100, body, at + step,
                               account={"number": "424242******4242", "type": IMAGE, "card_holder": HOSTILE},
                               customer={"id": IMAGE, "email": REVERSED}, errors=[{"code": HOSTILE, "message": IMAGE}])
        for number, text in enumerate((HOSTILE, IMAGE, REVERSED, WORD[:10_000])):
            at = gateway_time(STARTED + 99_100 + number)
            yield ecomcharge(f"hostile-{number}", 0, {
                "uid": f"hostile-{number}", "type": "payment", "status": "failed", "amount": 100, "tracking_id": text, "message": text,
                "description": WORD, "code": "F.0114", "created_at": at, "updated_at": at, "credit_card": {"holder": text, "brand": text}})
        # What is JSON that nobody understands, with an account that exists.
        yield ecomcharge("nothing", 0, {"uid": 17.5, "type": HOSTILE, "status": IMAGE})
