"""Signed callbacks of both gateways, written to a file beforehand, and wrk, which sends them over kept connections."""

import base64
import hashlib
import hmac
import json
import multiprocessing
import os
import pathlib
import subprocess
import time

PROJECT, SECRET, SHOP, SHOP_KEY = 240, "secret-of-the-benchmarks", 361, "key-of-the-benchmarks"
CREDENTIALS = base64.b64encode(f"{SHOP}:{SHOP_KEY}".encode()).decode()
WARM_UP = 1  # seconds that are not measured

# As ecommpay posts them; %(…)s are what differs from callback to callback.
ECOMMPAY = {
    "project_id": PROJECT,
    "payment": {"id": "EP-%(noise)s-%(number)s", "type": "purchase", "status": "success", "date": "%(date)s", "method": "card",
                "sum": {"amount": 4242, "currency": "EUR"},
                "description": "Order %(number)s of the web shop, delivered to the door within two days"},
    "account": {"number": "431422******0056", "token": "%(digest)s", "type": "visa", "card_holder": "JANE DOE", "id": "%(number)s",
                "expiry_month": "12", "expiry_year": "2030"},
    "customer": {"id": "%(number)s", "phone": "44991234567", "ip_address": "198.51.100.7", "email": "jane@example.com"},
    "operation": {"id": "%(operation)s", "type": "sale", "status": "success", "date": "%(date)s", "created_date": "%(date)s",
                  "request_id": "%(digest)s-00000001", "sum_initial": {"amount": 4242, "currency": "EUR"},
                  "sum_converted": {"amount": 4242, "currency": "EUR"}, "code": "0", "message": "Success", "eci": "05",
                  "provider": {"id": 6, "payment_id": "%(noise)s", "auth_code": "563253", "endpoint_id": 6, "date": "%(date)s"}},
}
ECOMCHARGE = {
    "transaction": {"uid": "%(noise)s-%(number)s", "status": "successful", "amount": 4242, "currency": "EUR", "type": "payment",
                    "description": "Order %(number)s of the web shop, delivered to the door within two days",
                    "tracking_id": "order-%(noise)s-%(number)s", "message": "Successfully processed", "test": False,
                    "created_at": "%(date)s", "updated_at": "%(date)s", "paid_at": "%(date)s", "payment_method_type": "credit_card",
                    "customer": {"ip": "198.51.100.7", "email": "jane@example.com"},
                    "billing_address": {"first_name": "Jane", "last_name": "Doe", "city": "Riga", "country": "LV", "zip": "LV-1010"},
                    "credit_card": {"holder": "Jane Doe", "brand": "visa", "last_4": "0056", "first_1": "4", "exp_month": 12,
                                    "exp_year": 2030, "token": "%(digest)s"},
                    "payment": {"auth_code": "563253", "bank_code": "00", "rrn": "%(operation)s", "ref_id": "%(operation)s",
                                "message": "Payment was approved", "gateway_id": 6, "status": "successful"}},
}


def lines(value, path=""):
    """The lines that ecommpay signs."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from lines(item, f"{path}:{key}" if path else key)
    else:
        yield f"{path}:{value}"


def fields(series, number):
    """What one callback of a series says: series with different names have no payment in common."""
    digest = hashlib.sha256(f"{series}/{number}".encode()).hexdigest()
    return {"digest": digest, "noise": digest[:12], "number": number, "operation": int(time.time()) * 1_000_000 + number,
            "date": time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime())}


def ecommpay(series, numbers, template=ECOMMPAY):
    """Lines of the file: a body each, signed."""
    signed = ";".join(sorted(lines(template)))
    body = json.dumps(template, separators=(",", ":"))[:-1] + ',"signature":"%(signature)s"}'
    for number in numbers:
        values = fields(series, number)
        code = hmac.new(SECRET.encode(), (signed % values).encode(), hashlib.sha512).digest()
        yield body % {**values, "signature": base64.b64encode(code).decode()}


def tokenless(series, numbers):
    """The same without the card's token."""
    account = {name: value for name, value in ECOMMPAY["account"].items() if name != "token"}
    return ecommpay(series, numbers, {**ECOMMPAY, "account": account})


def ecomcharge(series, numbers):
    """Lines of the file: a body each; the credentials are the same for all."""
    body = json.dumps(ECOMCHARGE, separators=(",", ":"))
    for number in numbers:
        yield body % {**fields(series, number), "date": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())}


def new_key():
    from cryptography.hazmat.primitives.asymmetric import rsa  # only where eComCharge's signatures are made

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key(key):
    from cryptography.hazmat.primitives import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def _sign(job):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    pem, bodies = job
    key = serialization.load_pem_private_key(pem, None)
    return [base64.b64encode(key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())).decode() + "\t" + body for body in bodies]


def ecomcharge_rsa(series, numbers, key):
    """Lines of the file: signature, tab, body. A signature takes long to make, so all cores make them."""
    from cryptography.hazmat.primitives import serialization

    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    bodies = list(ecomcharge(series, numbers))
    with multiprocessing.Pool() as pool:
        for part in pool.imap(_sign, [(pem, bodies[start:start + 500]) for start in range(0, len(bodies), 500)]):
            yield from part


def write(path, made):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in made)


def send(file, first, last, url, connections, seconds, basic):
    """Sends lines first…last-1 of a file, each at most once: what came of it, as send.lua counts it; waits in microseconds."""
    environment = {**os.environ, "BODIES": str(file), "FIRST": str(first), "LAST": str(last),
                   "BASIC": CREDENTIALS if basic else ""}
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "10s",
               "--script", str(pathlib.Path(__file__).with_name("send.lua")), url]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60)
    told = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not told:
        raise RuntimeError(f"wrk has told nothing: {done.stderr or done.stdout}")
    return json.loads(told[-1])
