#!/usr/bin/env python3
"""Writes asking.json: questions to both gateways, byte for byte, and a key that signs in the gateway's place.

It shares nothing with the code under test. Needs the command `openssl`; the RSA keys are made anew each time.
"""
import base64, hashlib, hmac, json, os, re, subprocess, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTILE = {
    "plain": "order-1",
    "a quote and a backslash": 'a"b\\c',
    "control characters": "a\x00b\x1f\r\n\tc",
    "beyond ASCII": "заказ-№1 \U0001f600",
    "composed": "\u00e9", "decomposed": "e\u0301",
    "what separates signed lines": "a;general:project_id:1",
    "up a folder": "../x", "a folder": "..", "this folder": ".", "dots within": "a..b",
    "a query": "a/b?c=d&e#f", "percent": "%2e%2E%", "spaces": " a b+c ", "unreserved": "A-z_0.9~",
    "half of a template": "${x}{y}|`'<>*()",
}


def ecommpay(payment_id):
    code = hmac.new(b"the first", f"general:payment_id:{payment_id};general:project_id:240".encode(), hashlib.sha512)
    escaped = re.sub(r'["\\]', r"\\\g<0>", payment_id)
    escaped = re.sub(r"[\x00-\x1f]", lambda match: f"\\u{ord(match[0]):04x}", escaped)
    signature = base64.b64encode(code.digest()).decode()
    return f'{{"general":{{"project_id":240,"payment_id":"{escaped}","signature":"{signature}"}}}}'


def segment(uid):
    return uid.replace(".", "%2E") if uid in (".", "..") else urllib.parse.quote(uid, safe="")


def openssl(*arguments, text=b""):
    return subprocess.run(("openssl",) + arguments, input=text, capture_output=True, check=True).stdout


def signing():
    pem = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048").decode()
    pkcs1 = openssl("rsa", "-traditional", text=pem.encode()).decode()
    small = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024").decode()
    curve = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256").decode()
    locked = openssl("pkcs8", "-topk8", "-v2", "aes256", "-passout", "pass:x", text=pem.encode()).decode()
    public = openssl("pkey", "-pubout", text=pem.encode()).decode()
    bare = "".join(pem.split("\n")[1:-2])
    body = '{"transaction":{"uid":"7-a","status":"successful","description":"ü €"}}'
    path = os.path.join(HERE, "signing.pem")
    try:
        with open(path, "w") as file:
            file.write(pem)
        signature = base64.b64encode(openssl("dgst", "-sha256", "-sign", path, text=body.encode())).decode()
    finally:
        os.remove(path)
    return {
        "body": body,
        "signature": signature,
        "keys": {
            "PEM": pem, "PEM in one line": pem.replace("\n", ""), "PEM of PKCS#1": pkcs1,
            "base64": bare, "base64 of PKCS#1": "".join(pkcs1.split("\n")[1:-2]),
            "with a backslash and an n": pem.replace("\n", "\\n"),
        },
        "bad_keys": {
            "empty": "\n", "1024 bits": small, "another kind": curve, "encrypted": locked, "public": public,
            "cut short": bare[:-40],
        },
    }


with open(os.path.join(HERE, "asking.json"), "w") as file:
    json.dump(
        {
            "ecommpay": [{"name": name, "id": id, "sent": ecommpay(id)} for name, id in HOSTILE.items()],
            "ecomcharge": [{"name": name, "id": id, "sent": segment(id)} for name, id in HOSTILE.items()],
            "code": {"text": "a:1;b:€", "secret": "the first",
                     "base64": base64.b64encode(hmac.new(b"the first", "a:1;b:€".encode(), hashlib.sha512).digest()).decode()},
            "signing": signing(),
        },
        file, indent=1, ensure_ascii=False,
    )
    file.write("\n")
