#!/usr/bin/env python3
"""Tests the read API of a running daemon against its own description: the document itself, and what is answered to requests
that schemathesis makes up from it.

    check.py [--examples N] [--seed N]

Exits with 1 if anything is not as described.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time
import urllib.request

from openapi_spec_validator import validate

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "browser"))

from world import World  # noqa: E402
from shops import ECOMMPAY  # noqa: E402
from traffic import SPECIAL  # noqa: E402

# What makes no sense of an API that only reads and asks nobody who they are. All else is checked.
LEFT_OUT = {
    "use_after_free": "nothing can be deleted",
    "ensure_resource_availability": "nothing can be made",
    "ignored_auth": "whoever reaches an admin listener may read: there are no credentials",
    "object_level_authorization": "everybody may read everything",
    "unsupported_method": "a POST that is not JSON is refused as another site's, with 415, before anybody looks for its path",
}
LONG = 300  # seconds that schemathesis may take
# A payment's page is only answered with 200 for one that exists, which chance does not find: it is asked for by name as well.
ONE = {"account": ECOMMPAY, "payment_id": SPECIAL, "id": SPECIAL, "reference": SPECIAL}
# Instead of made-up times: waiting takes long, and no pattern says which days a month has.
TIMES = {"wait": "50ms", "from": "2026-11-22", "to": "2100-01-01T00:00:00Z"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=60, help="requests of each kind that are made up for an operation")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    world, failed = World(), []
    with urllib.request.urlopen(f"{world.origin}/openapi.json", timeout=10) as answer:
        described = json.load(answer)
    validate(described)
    print(f"openapi.json is valid, and describes {', '.join(described['paths'])}", flush=True)
    for name, pinned in (("made-up names", {}), ("a payment that exists", ONE)):
        if run(world, described, options, pinned) != 0:
            failed.append(name)
    failed += long_poll(world)
    if failed:
        print("FAILED:", ", ".join(failed))
    return 1 if failed else 0


def run(world, described, options, pinned):
    """Has schemathesis ask. pinned: values of parameters, by name. Returns its exit code."""
    settings = pathlib.Path(world.root) / "schemathesis.toml"
    settings.write_text("".join(f"{line}\n" for line in [
        "[parameters]", *(f'"{place}.{name}" = {json.dumps(value)}' for place, name, value in pins(described, pinned))]))
    schemathesis = pathlib.Path(sys.executable).with_name("schemathesis")
    command = [schemathesis, "--config-file", settings, "run", f"{world.origin}/openapi.json", "--checks", "all",
               "--exclude-checks", ",".join(LEFT_OUT), "--max-examples", options.examples, "--seed", options.seed,
               "--phases", "examples,coverage,fuzzing", "--request-timeout", 10, "--continue-on-failure", "--workers", 2,
               "--warnings", "off", "--generation-database", "none"]
    if pinned:
        command += ["--mode", "positive"]
    return subprocess.run(list(map(str, command)), cwd=world.root, timeout=LONG).returncode


def pins(described, pinned):
    """Place, name and value of the parameters that are not made up: times, and the pinned ones."""
    values = pinned | TIMES
    found = {(parameter["in"], parameter["name"]) for path in described["paths"].values()
             for operation in path.values() if isinstance(operation, dict) for parameter in operation.get("parameters", ())
             if "name" in parameter}
    return sorted((place, name, values[name]) for place, name in found if name in values)


def long_poll(world):
    """A program that waits at the end of the feed is told as soon as there is something. Returns what is wrong."""
    def ask(query):
        began = time.monotonic()
        with urllib.request.urlopen(f"{world.origin}/v1/transitions?{query}", timeout=30) as answer:
            return json.load(answer)["transitions"], time.monotonic() - began

    last = 0
    while rows := ask(f"after={last}")[0]:
        last = rows[-1]["seq"]
    rows, empty = ask(f"after={last}&wait=1s")
    problems = [] if not rows and 0.9 < empty < 5 else [f"wait=1s at the end of the feed: {len(rows)} rows after {empty:.1f} s"]
    waiting = subprocess.Popen([sys.executable, "-c", WAITING, f"{world.origin}/v1/transitions?after={last}&wait=20s"],
                               stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    world.send(world.traffic.sale("WAITED-FOR", 990, 100))
    try:
        told = json.loads(waiting.communicate(timeout=10)[0])["transitions"]
    except subprocess.TimeoutExpired:
        waiting.kill()
        return [*problems, "a program that waits is not told of a new transition within 10 s"]
    if not any(row["payment_id"] == "WAITED-FOR" for row in told):
        problems.append(f"a program that waits is told of {told}")
    print(f"wait=1s is answered after {empty:.2f} s where nothing happens; what happens is told while a program waits", flush=True)
    return problems


WAITING = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=30).read().decode())"

if __name__ == "__main__":
    raise SystemExit(main())
