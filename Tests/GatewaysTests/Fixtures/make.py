#!/usr/bin/env python3
"""Writes ecommpay.json and ecomcharge.json: callbacks, signed by code that shares nothing with the code under test.

Needs the package `cryptography`. The RSA keys are made anew each time and not kept.
"""
import base64, hashlib, hmac, json, os, re
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

HERE = os.path.dirname(os.path.abspath(__file__))


# ---- ecommpay ----------------------------------------------------------------------------------------------
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
    return [(1, int(part), "") if part.isdigit() else (2, 0, part) for part in re.findall(r"\d+|\D", pair[0])]


ORDERS = {
    "natural": natural,
    "bytes": lambda pair: pair[0].encode(),
    "lines": lambda pair: f"{pair[0]}:{pair[1]}".encode(),
}


class Number(str):
    """A number as it is to be written."""


def parse(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def signature(text, secret, order="natural"):
    signed = ";".join(f"{path}:{value}" for path, value in sorted(lines(parse(text)), key=ORDERS[order]))
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha512).digest()).decode()


KNOWN = ("project_id", "payment", "operation", "general", "acs")


def verdict(text):
    """A root with a member that no callback has proves nothing of the structure."""
    return "valid" if all(path.split(":")[0] in KNOWN for path, _ in lines(parse(text))) else "ambiguous"


def root(text, code):
    return text[:-1] + (", " if len(text) > 2 else "") + json.dumps("signature") + ": " + json.dumps(code) + "}"


def general(text, code):
    return root(text, code).replace('"general": {', '"general": {"signature": ' + json.dumps(code) + ", ", 1).replace(
        ', "signature": ' + json.dumps(code) + "}", "}", 1)


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
PAYMENT = ('{"project_id": 77, "payment": {"id": "order-1", "status": "success", "sum": {"amount": 5200, "currency": "EUR"}}, '
           '"operation": {"id": 501, "type": "sale", "status": "success"}}')
TWELVE = '{"project_id": 77, "list": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]}'
SIBLINGS = '{"project_id": 77, "acs": "x", "acs2": "y"}'


def ecommpay():
    vectors = []

    def add(name, body, expect, key=None, verdict="valid"):
        vectors.append({"name": name, "body": body, "expect": expect, "key": key, "verdict": verdict})

    def good(name, text, order="natural", secret="new", place=root, expect=None, spelled=lambda code: code):
        add(name, place(text, spelled(signature(text, secret, order))), expect or order, secret, verdict(text))

    good("a payment", PAYMENT)
    good("the older secret", PAYMENT, secret="old")
    good("true, false, null and an empty string", '{"a": true, "b": false, "c": null, "d": ""}')
    good("numbers as written", '{"a": 0, "b": -0, "c": 1.50, "d": 100.0, "e": 1e3, "f": 12345678901234567890123, "g": 0.1E-7}')
    good("empty containers leave no trace", '{"a": {}, "b": [], "c": [{}, [], [[]]], "d": {"e": {}}, "f": 1}')
    good("nested arrays", '{"a": [[1, 2], [3, [4, {"b": 5}]]], "c": [{"d": 1}, {"d": 2}]}')
    good("a colon in keys is doubled at every depth", '{"a:b": 1, "c": {"d:e:": {":f": 2}}, "g": [{"h::i": 3}]}')
    good("a colon in values is not", '{"a": "b:c", "d": "::"}')
    good("keys that begin alike", '{"b": 1, "ab": 2, "a": {"b": 3}, "a-b": 4, "a.b": 5, "A": 6, "_": 7}')
    good("bytes beyond ASCII", '{"имя": "Дайка", "é": "€", "e\u0301": "\U0001f600", "\uffff": "\U00010000"}')
    good("escapes", '{"\\u0061\\/\\"\\\\": "\\u20ac\\n\\t\\ud83d\\ude00", "b\\u003ac": 1}')
    good("white space between", '{ "a" :\n1 ,\t"b":\r\n[ 2 , 3 ] }')
    good("a signature in general", '{"general": {"project_id": 77, "payment_id": "order-1"}, "payment": {"status": "success"}}', place=general)
    good("an empty text", "{}")
    good("frame_mode is left out", '{"a": 1, "frame_mode": "popup", "b": {"frame_mode": 2, "c": [{"frame_mode": {"d": 3}, "e": 4}]}}')
    good("signatures of others are left out", '{"a": {"signature": "x"}, "b": [{"signature": {"c": 1}, "d": 2}]}')
    good("twelve elements, 2 before 10", TWELVE)
    good("twelve elements, 10 before 2", TWELVE, order="bytes")
    good("siblings, by path", SIBLINGS)
    good("siblings, by line", SIBLINGS, order="lines")
    good("orders that agree are tried once and called natural", PAYMENT, order="lines", expect="natural")
    good("a semicolon in what is not signed", '{"project_id": 77, "frame_mode": ";", "payment": {"signature": ";"}}')
    for name, spelled in {
        "a signature without padding": lambda code: code.rstrip("="),
        "a signature in the other alphabet": lambda code: code.replace("+", "-").replace("/", "_"),
        "a signature in the other alphabet, without padding": lambda code: code.replace("+", "-").replace("/", "_").rstrip("="),
        "a signature with a line break": lambda code: code[:44] + "\n" + code[44:],
        "a signature with white space around": lambda code: " " + code + "\t\r\n",
        "a signature with white space in its padding": lambda code: code[:-1] + " " + code[-1:],
    }.items():
        good(name, PAYMENT, spelled=spelled)
    add("a byte order mark", "\ufeff" + root(PAYMENT, signature(PAYMENT, "new")), "natural", "new")
    good("the project as a string", '{"project_id": "77"}')
    good("the project in general", '{"general": {"project_id": "77", "x": 1}}', place=general)
    good("no project", '{"payment": {"id": "order-1"}}')
    good("general is not an object", '{"general": "x"}')

    for name, text in {
        "another project": '{"project_id": 78}',
        "another project in general": '{"project_id": 77, "general": {"project_id": 78}}',
        "the same number, written otherwise": '{"project_id": 77.0}',
        "with leading zeros": '{"project_id": "077"}',
        "a list of projects": '{"project_id": [77]}',
        "an empty project": '{"project_id": {}}',
        "a null project": '{"project_id": null}',
        "a true project": '{"project_id": true}',
    }.items():
        good(name, text, expect="foreign")

    code = signature(PAYMENT, "new")
    for name, body in {
        "another secret": root(PAYMENT, signature(PAYMENT, "guessed")),
        "no signature": PAYMENT,
        "an empty signature": root(PAYMENT, ""),
        "a signature that is a number": PAYMENT[:-1] + ', "signature": 5}',
        "a null signature": PAYMENT[:-1] + ', "signature": null}',
        "a signature that is an object": PAYMENT[:-1] + ', "signature": {"a": ' + json.dumps(code) + "}}",
        "a signature cut short": root(PAYMENT, code[:-4]),
        "a signature with bits behind its end": root(PAYMENT, code[:85] + ALPHABET[ALPHABET.index(code[85]) + 1] + "=="),
        "a signature with more behind": root(PAYMENT, code + "AAAA"),
        "a signature with too little padding": root(PAYMENT, code[:-1]),
        "a signature with bits behind its end, without padding": root(PAYMENT, code[:85] + ALPHABET[ALPHABET.index(code[85]) + 1]),
        "a code cut to the length of another hash": root(PAYMENT, base64.b64encode(base64.b64decode(code)[:32]).decode()),
        "a signature in hexadecimal": root(PAYMENT, base64.b64decode(code).hex()),
        "a nested signature only": '{"payment": {"signature": ' + json.dumps(signature('{"payment": {"a": 1}}', "new")) + ', "a": 1}}',
        "a wrong signature at the root, a right one in general": root(general('{"general": {"a": 1}}', signature('{"general": {"a": 1}}', "new")), "AAAA"),
        "an amount changed": root(PAYMENT, code).replace("5200", "5201"),
        "a status changed": root(PAYMENT, code).replace('"success"', '"decline"', 1),
        "a key changed": root(PAYMENT, code).replace('"amount"', '"amounts"'),
        "a member more": root(PAYMENT, code)[:-1] + ', "x": 1}',
        "a code by another hash": root('{"a": 8}', base64.b64encode(hmac.new(b"new", b"a:8", hashlib.sha256).digest()).decode()),
        "an array": "[]",
        "a string": '"signature"',
    }.items():
        add(name, body, "forged")

    for name, body in {
        "nothing": "",
        "not JSON": "{not json",
        "cut short": root(PAYMENT, code)[:-1],
        "bytes behind": root(PAYMENT, code) + "x",
        "two byte order marks": "\ufeff\ufeff" + root(PAYMENT, code),
        "a key twice": '{"project_id": 77, "project_id": 77, "signature": "x"}',
        "a key twice, once escaped": '{"signature": "x", "sign\\u0061ture": "y"}',
    }.items():
        add(name, body, "malformed")
    return vectors


# ---- eComCharge --------------------------------------------------------------------------------------------
def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def pem(key, form=serialization.PublicFormat.SubjectPublicKeyInfo):
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def wrapped(text, width, end):
    return end.join(text[i:i + width] for i in range(0, len(text), width))


def ecomcharge():
    key, other, large, small = (rsa.generate_private_key(public_exponent=65537, key_size=size) for size in (2048, 2048, 4096, 1024))
    bare = base64.b64encode(spki(key)).decode()
    pkcs1 = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    body = '{"transaction": {"uid": "7-a", "type": "payment", "status": "successful", "description": "ü €", "amount": 100, "currency": "EUR"}}'

    def sign(text, by=key, pad=padding.PKCS1v15(), digest=hashes.SHA256()):
        return base64.b64encode(by.sign(text.encode(), pad, digest)).decode()

    signature = sign(body)
    raw = base64.b64decode(signature)
    flipped = base64.b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    keys = {
        "bare": bare,
        "wrapped by LF": wrapped(bare, 64, "\n") + "\n",
        "wrapped by CRLF": wrapped(bare, 76, "\r\n"),
        "wrapped by a backslash and an n": wrapped(bare, 64, "\\n") + "\\n",
        "wrapped by a backslash, an r, a backslash and an n": wrapped(bare, 64, "\\r\\n"),
        "PEM": pem(key),
        "PEM with CRLF": pem(key).replace("\n", "\r\n"),
        "PEM in one line": pem(key).replace("\n", ""),
        "PEM with a backslash and an n": pem(key).replace("\n", "\\n"),
        "PKCS#1": base64.b64encode(pkcs1).decode(),
        "PKCS#1 as PEM": pem(key, serialization.PublicFormat.PKCS1),
    }
    return {
        "public_key": bare,
        "body": body,
        "signature": signature,
        "keys": keys,
        "bad_keys": {
            "empty": "\n\n",
            "not a key": base64.b64encode(b"not a key").decode(),
            "not base64": "%%%",
            "hexadecimal": spki(key).hex(),
            "cut short": bare[:-8],
            "1024 bits": base64.b64encode(spki(small)).decode(),
            "PEM of another thing": pem(key).replace("PUBLIC", "PRIVATE"),
            "PEM without an end": pem(key).split("-----END")[0],
        },
        "accepted": {
            "as it came": {"body": body, "signature": signature},
            "with line breaks": {"body": body, "signature": wrapped(signature, 60, "\r\n ") + "\n"},
            "without padding": {"body": body, "signature": signature.rstrip("=")},
            "in the other alphabet": {"body": body, "signature": signature.replace("+", "-").replace("/", "_")},
            "after a byte order mark": {"body": "\ufeff" + body, "signature": sign("\ufeff" + body)},
            "not JSON": {"body": "not json", "signature": sign("not json")},
            "nothing": {"body": "", "signature": sign("")},
            "a key twice": {"body": '{"a": 1, "a": 1}', "signature": sign('{"a": 1, "a": 1}')},
            "a key of 4096 bits": {"body": body, "signature": sign(body, large), "public_key": base64.b64encode(spki(large)).decode()},
        },
        "forged": {
            "missing": {"body": body},
            "empty": {"body": body, "signature": ""},
            "another key": {"body": body, "signature": sign(body, other)},
            "PSS": {"body": body, "signature": sign(body, pad=pss)},
            "SHA-1": {"body": body, "signature": sign(body, digest=hashes.SHA1())},
            "SHA-512": {"body": body, "signature": sign(body, digest=hashes.SHA512())},
            "hexadecimal": {"body": body, "signature": raw.hex()},
            "a bit flipped": {"body": body, "signature": flipped},
            "cut short": {"body": body, "signature": base64.b64encode(raw[:-3]).decode()},
            "more behind": {"body": body, "signature": signature + "AAAA"},
            "a byte order mark that is not signed": {"body": "\ufeff" + body, "signature": signature},
            "another body": {"body": body.replace("100", "101"), "signature": signature},
            "a newline behind": {"body": body + "\n", "signature": signature},
            "the same JSON in other bytes": {"body": body.replace(": ", ":"), "signature": signature},
            "the same text escaped": {"body": body.replace("ü", "\\u00fc"), "signature": signature},
        },
    }


for name, content in (("ecommpay", ecommpay()), ("ecomcharge", ecomcharge())):
    with open(os.path.join(HERE, name + ".json"), "w") as f:
        json.dump(content, f, indent=1, ensure_ascii=False)
        f.write("\n")
