#!/usr/bin/env python3
"""Posts signed ecommpay callbacks, each about a payment of its own and over a connection of its own, one after the other.

    callbacks.py ACCOUNT SECRET NAME COUNT [PAUSE [PATIENCE]]

The payments are NAME-1 to NAME-COUNT. PAUSE, in seconds, is between two requests; PATIENCE is how long an answer may take.
Says what was not answered 200, and exits with 1 if anything was not. Needs nothing but Debian's python3-minimal.
"""
import base64, hashlib, socket, sys, time

ADDRESS = ("127.0.0.1", 8080)
PROJECT = 240


def hmac_sha512(key, text):
    key = (hashlib.sha512(key).digest() if len(key) > 128 else key).ljust(128, b"\0")
    inner = hashlib.sha512(bytes(byte ^ 0x36 for byte in key) + text).digest()
    return hashlib.sha512(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def signed(payment, secret):
    date = time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime())
    price = {"amount": 5200, "currency": "EUR"}
    body = {
        "project_id": PROJECT,
        "payment": {"id": payment, "type": "purchase", "status": "success", "date": date, "method": "card", "sum": price},
        "operation": {"id": time.time_ns(), "type": "sale", "status": "success", "date": date, "sum_initial": price, "code": "0"},
    }
    text = ";".join(sorted(lines(body)))
    body["signature"] = base64.b64encode(hmac_sha512(secret.encode(), text.encode())).decode()
    return json(body)


def lines(value, path=""):
    """What ecommpay signs of a body: a line for each value."""
    if not isinstance(value, dict):
        return [f"{path}:{value}"]
    return [line for key in value for line in lines(value[key], f"{path}:{key}" if path else key)]


def json(value):
    if isinstance(value, dict):
        return "{" + ",".join(f'"{key}":{json(value[key])}' for key in value) + "}"
    return str(value) if isinstance(value, int) else f'"{value}"'


def post(account, body, patience):
    """The status of the answer."""
    body = body.encode()
    head = f"POST /callbacks/{account} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(ADDRESS, timeout=patience) as connection:
        connection.sendall(head.encode() + body)
        answer = b""
        while b"\r\n" not in answer:
            piece = connection.recv(4096)
            if not piece:
                return "no answer"
            answer += piece
    return answer.split()[1].decode()


def main():
    account, secret, name, count = sys.argv[1:5]
    pause, patience = (float(word) for word in (sys.argv[5:] + ["0", "20"][len(sys.argv) - 5:]))
    bad = 0
    for number in range(1, int(count) + 1):
        try:
            status = post(account, signed(f"{name}-{number}", secret), patience)
        except OSError as error:
            status = str(error)
        if status != "200":
            bad += 1
            print(f"{name}-{number}: {status}")
        time.sleep(pause)
    print(f"{int(count) - bad} of {count} answered 200")
    sys.exit(1 if bad else 0)


main()
