#!/usr/bin/env python3
"""How many instructions Paystate executes to take callbacks from their bytes to the ledger, compared with expected.txt.

    count.py --binary PATH [--update]

PATH is the program Benchmarks, whose command `instructions` receives the same callbacks in each run, on one thread; valgrind
counts. The number does not depend on the load or the speed of a machine.

It does depend a little on the compiler, on Debian's SQLite and C library, and on the CPU. Valgrind shows the program a CPU that
can do what the machine's own can, as far as valgrind knows it, and by that BoringSSL and the C library choose their code. On
x86_64, SHA-2 without AVX makes the number 1.6 % larger, without SSSE3 as well 3.4 %, the C library without AVX2 0.5 %.
expected.txt has a number for each architecture.

Exits with 1 if there are more than 1.1 times as many as expected. --update writes the number to expected.txt instead.
"""

import argparse
import collections
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

CALLBACKS = 1000
MOST, LEAST = 1.1, 0.9  # the ratios to what is expected beyond which expected.txt is to be changed, or the code
SHOWN = 10  # functions
SECONDS = 300  # until valgrind is stopped; it takes some 15
UPDATE = "make instructions UPDATE=1"
EXPECTED = pathlib.Path(__file__).with_name("expected.txt")
HEAD = f"""\
# The instructions of {CALLBACKS:,} callbacks, by architecture. To write them again: {UPDATE}
"""


class Uncounted(Exception):
    """There is no number, and why."""


def profile(binary, folder):
    """Runs the program under valgrind; returns what it says of itself, and the file with the part that counts."""
    # Valgrind does not understand all that Swift says for debuggers; the names of functions remain.
    program, output = folder / "Benchmarks", folder / "callgrind"
    subprocess.run(["objcopy", "--strip-debug", binary, program], check=True)
    ran = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "--dump-before=*countingBoundary*",
         program, "instructions", "--callbacks", str(CALLBACKS), "--folder", folder],
        env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"}, capture_output=True, text=True, timeout=SECONDS, check=False)
    if ran.returncode != 0:
        raise Uncounted(f"valgrind ended with {ran.returncode}:\n{ran.stderr}")
    # Before what counts, what counts, and (without a number) what comes after it.
    parts = list(folder.glob("callgrind.*"))
    if len(parts) != 2:
        raise Uncounted(f"countingBoundary() in Benchmarks/Instructions was entered {len(parts)} times instead of twice")
    return ran.stdout.strip(), folder / "callgrind.2"


def functions(path):
    """The instructions of each function, without those of the functions that it calls (callgrind's format, version 1)."""
    costs, names, function, is_call = collections.Counter(), {}, None, False
    for line in path.read_text(encoding="utf-8").splitlines():
        if named := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line):
            is_callee, number, name = named.groups()
            if name:
                names[number] = name
            if not is_callee:
                function = number
        elif line.startswith("calls="):
            is_call = True  # The next line has the callee's instructions.
        elif re.match(r"[-+*\d]", line):
            if not is_call:
                costs[function] += int(line.split()[1])
            is_call = False
    return collections.Counter({names[number]: cost for number, cost in costs.items()})


def readable(names):
    """Names as they are in the source, if Swift is at hand."""
    if not shutil.which("swift"):
        return names
    return subprocess.run(["swift", "demangle", "--simplified", "--compact"], input="\n".join(names), capture_output=True,
                          text=True, check=True).stdout.splitlines()


def expected():
    """The numbers of expected.txt, by architecture."""
    lines = [line for line in EXPECTED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {architecture: int(number) for architecture, number in map(str.split, lines)}


def write(count, architecture):
    numbers = expected() | {architecture: count}
    EXPECTED.write_text(HEAD + "".join(f"{name} {number}\n" for name, number in sorted(numbers.items())), encoding="utf-8")
    print(f"Written to {EXPECTED.name}.")


def compare(count, architecture):
    """Says how the number compares with what is expected; returns whether that is good enough."""
    before = expected().get(architecture)
    if before is None:
        print(f"{EXPECTED.name} has no number for {architecture}: write it with {UPDATE}")
        return False
    ratio = count / before
    print(f"Expected: {before:,}. That is {ratio:.3f} times as many; at most {MOST} are allowed.")
    if ratio > MOST:
        print(f"A change made receiving dearer: the functions above show where. If it is worth it, {UPDATE}")
    elif ratio < LEAST:
        print(f"Receiving has become cheaper. So that it stays so, {UPDATE}")
    return ratio <= MOST


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="paystate-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        try:
            described, part = profile(arguments.binary, pathlib.Path(folder))
        except (Uncounted, OSError, subprocess.SubprocessError) as error:
            sys.exit(f"instructions cannot be counted: {error}")
        costs = functions(part)
    count, most = costs.total(), costs.most_common(SHOWN)
    print(f"{described}: {count:,} instructions, {count // CALLBACKS:,} a callback. Most are in:")
    for name, (_, cost) in zip(readable([name for name, _ in most]), most):
        print(f"  {100 * cost / count:4.1f} %  {name}")
    architecture = platform.machine()
    if arguments.update:
        write(count, architecture)
    elif not compare(count, architecture):
        sys.exit(1)


if __name__ == "__main__":
    main()
