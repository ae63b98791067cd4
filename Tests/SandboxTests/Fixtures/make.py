#!/usr/bin/env python3
"""Writes signing.json: bodies, what ecommpay signs of them, and signatures, made by code that shares nothing with the
code under test; an eComCharge signature by the openssl command, with the sandbox's own private key, which is read
from SandboxAccount.swift; and an event as Standard Webhooks has it signed, with the key of PluginSettings.swift.
"""
import base64, hashlib, hmac, json, os, re, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = "a secret of the sandbox's tests"


def lines(value, path=()):
    if isinstance(value, dict):
        for key, member in value.items():
            if key not in ("signature", "frame_mode"):
                yield from lines(member, path + (key.replace(":", "::"),))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from lines(element, path + (str(index),))
    else:
        text = "" if value is None else {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)
        yield ":".join(path), text


def natural(pair):
    """Runs of digits by their value, other bytes one by one; every byte below a digit comes before numbers."""
    return [(ord("0"), int(part)) if part.isdigit() else (ord(part), 0) for part in re.findall(r"\d+|\D", pair[0])]


def ecommpay(name, body):
    text = ";".join(f"{path}:{value}" for path, value in sorted(lines(body), key=natural))
    code = hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).digest()
    return {"name": name, "body": json.dumps(body, ensure_ascii=False), "text": text,
            "signature": base64.b64encode(code).decode()}


def openssl(body):
    source = open(os.path.join(HERE, "../../../Sources/Sandbox/SandboxAccount.swift"), encoding="utf-8").read()
    key = re.search(r'privateKey = """\n(.*?)"""', source, re.S).group(1).replace("\\", "")
    with tempfile.NamedTemporaryFile() as file:
        file.write(base64.b64decode("".join(key.split())))
        file.flush()
        command = ["openssl", "dgst", "-sha256", "-keyform", "DER", "-sign", file.name]
        return base64.b64encode(subprocess.run(command, input=body.encode(), capture_output=True, check=True).stdout).decode()


def event(id, timestamp, body):
    source = open(os.path.join(HERE, "../../../Sources/Sandbox/Plugin/PluginSettings.swift"), encoding="utf-8").read()
    key = base64.b64decode(re.search(r'eventSecret = "whsec_(.*?)"', source).group(1))
    code = hmac.new(key, f"{id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return {"id": id, "timestamp": timestamp, "body": body, "signature": "v1," + base64.b64encode(code).decode()}


SUM = {"amount": 5200, "currency": "EUR"}
PAYMENT = {
    "project_id": 240,
    "payment": {"id": "order-1", "type": "purchase", "status": "success", "date": "2026-11-22T10:00:01+0000",
                "method": "card", "sum": SUM, "description": ""},
    "operation": {"id": 5028800010128225, "type": "sale", "status": "success", "sum_initial": SUM, "code": "0"},
}
EVENT = ('{"type":"payment.succeeded","seq":17,"account":"shop","payment_id":"order-1","reference":"Апельсины",'
         '"from_state":"pending","to_state":"succeeded"}')
BODY = '{"transaction":{"uid":"1-2","status":"successful","city":"Мінск"}}'

vectors = [
    ecommpay("a payment", PAYMENT),
    ecommpay("a question", {"general": {"project_id": 240, "payment_id": "order-1"}}),
    ecommpay("twelve operations", {"operations": [{"id": n} for n in range(12)]}),
    ecommpay("keys that differ by a digit or an underscore", {"acs": 1, "acs2": 2, "acs10": 3, "acs_url": 4, "ac": 5}),
    ecommpay("nothing, true and false, and empty containers",
             {"a": None, "b": True, "c": False, "d": {}, "e": [], "f": "", "g": [[], {"h": None}]}),
    ecommpay("keys with colons, values with separators", {"a:b": "c;d:e", "a": {"b": ";"}}),
    ecommpay("what is left out, at any depth", {"signature": "x", "a": {"signature": {"b": 1}, "frame_mode": 2, "c": 3}}),
    ecommpay("text beyond ASCII", {"payment": {"description": "Апельсины «1 кг» 🍊", "id": "é"}}),
    ecommpay("numbers as they are written", {"big": 9223372036854775807, "negative": -5}),
]
document = {"secret": SECRET, "ecommpay": vectors, "ecomcharge": {"body": BODY, "signature": openssl(BODY)},
            "event": event("evt_17", 1795341601, EVENT)}
with open(os.path.join(HERE, "signing.json"), "w", encoding="utf-8") as file:
    json.dump(document, file, ensure_ascii=False, indent=1)
    file.write("\n")
