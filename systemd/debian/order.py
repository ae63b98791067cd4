#!/usr/bin/env python3
"""Writes order.txt: the functions that the daemon runs, so that the linker puts them next to each other.

    order.py --binary PATH

The program has some 190,000 functions, of which the daemon runs one in seventeen, and these lie all over it: since the kernel maps
sixteen pages around each that is touched, two thirds of the program were in memory. In order, one third is.

PATH is a release build. It starts under valgrind's callgrind, takes callbacks of both gateways, polls a gateway that does not answer,
serves its metrics, idles and stops; what was called is listed. A name that no function has any more does no harm, and a new function
is merely placed elsewhere: the list loses its effect slowly, and is made again after dependencies or much of the code have changed.
"""

import argparse
import http.client
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests/performance"), str(ROOT / "Tests/postgresql")]

import load
import matrix
from daemon import Receiver

ORDER = pathlib.Path(__file__).with_name("order.txt")
HEAD = "# The functions that the daemon runs, as the linker knows them. Written by `make order`.\n"
CALLBACKS, REST, PATIENCE = 200, 20, 300  # of each kind; seconds
FEWEST = 5_000  # A shorter list is wrong.


def called(binary, folder):
    """The names of the functions that are called, those of libraries too."""
    # Valgrind does not understand all that Swift says for debuggers; the names of functions remain.
    program, output, wrapper = folder / "program", folder / "calls", folder / "paystate"
    subprocess.run(["objcopy", "--strip-debug", binary, program], check=True)
    wrapper.write_text(f'#!/bin/sh\nexec valgrind --tool=callgrind --demangle=no "--callgrind-out-file={output}" "{program}" "$@"\n')
    wrapper.chmod(0o755)
    key = load.new_key()
    daemon = Receiver(wrapper, folder, "daemon", str(folder / "paystate.db"), matrix.accounts(key), {"first_after": "5s"})
    try:
        daemon.start(PATIENCE)
        use(daemon, key)
    finally:
        code = daemon.stop(PATIENCE)
    if code:
        raise RuntimeError(f"the program ended with {code}: {daemon.tail()}")
    return dict.fromkeys(re.findall(r"^c?fn=\(\d+\) (\S+?)(?:'\d+)?$", output.read_text(), re.M))


def use(daemon, key):
    """What a daemon does in its first minutes."""
    basic = {"Authorization": f"Basic {load.CREDENTIALS}"}
    signed = (line.split("\t") for line in load.ecomcharge_rsa("rsa", range(CALLBACKS), key))
    for account, requests in (("bench", (({}, body) for body in load.ecommpay("bench", range(CALLBACKS)))),
                              ("basic", ((basic, body) for body in load.ecomcharge("basic", range(CALLBACKS)))),
                              ("rsa", (({"Content-Signature": signature}, body) for signature, body in signed))):
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=PATIENCE)
        for headers, body in requests:
            connection.request("POST", f"/callbacks/{account}", body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"a callback of {account} was answered {response.status}: {daemon.tail()}")
        connection.close()
    ask(daemon, "POST", "/v1/watch", {"account": "bench", "payment_id": "order-1"})
    for _ in range(REST):
        for path in ("/healthz", "/readyz", "/metrics"):
            ask(daemon, "GET", path)
        time.sleep(1)


def ask(daemon, method, path, value=None):
    status, body = daemon.ask(method, path, value, PATIENCE)
    if status != 200:
        raise RuntimeError(f"{path} was answered {status}: {body}")


def defined(binary):
    """The functions of the program itself, as the linker knows them."""
    told = subprocess.run(["nm", "--defined-only", binary], check=True, capture_output=True, text=True).stdout
    return {name for _, kind, name in (line.split(maxsplit=2) for line in told.splitlines()) if kind in "tTwWV"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    binary = parser.parse_args().binary
    with tempfile.TemporaryDirectory(prefix="paystate-order.") as folder:
        own = defined(binary)
        names = [name for name in called(binary, pathlib.Path(folder)) if name in own]
    if len(names) < FEWEST:
        sys.exit(f"only {len(names):,} of {len(own):,} functions were called: is {binary} stripped?")
    ORDER.write_text(HEAD + "".join(f"{name}\n" for name in names))
    print(f"{ORDER.name}: {len(names):,} of {len(own):,} functions")


if __name__ == "__main__":
    main()
