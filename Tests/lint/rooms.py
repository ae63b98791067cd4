#!/usr/bin/env python3
"""A file holds one concept and is named after it.

Every type of Sources that is not private is declared in a file with its name (`Type.swift`, `Type+Topic.swift`), or is a companion
of the file's concept: its result, error, setting or part. Companions are listed in companions.txt, one file a line, so that each
of them is a decision: `Sources/…/File.swift: Companion Companion`.

Only the SQLite engine knows GRDB: every other file of the ledger sees a database through Sources/Ledger/Engine.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = pathlib.Path(__file__).with_name("companions.txt")
ENGINE = "Sources/Ledger/SQLite/"
TYPE = re.compile(r"^(?:@\w+(?:\([^)]*\))?\s+)*((?:\w+\s+)*?)(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)", re.M)


def declared(path):
    """The top-level types of a file that other files may see."""
    return [name for words, name in TYPE.findall(path.read_text(encoding="utf-8"))
            if "private" not in words.split() and "fileprivate" not in words.split()]


def listed():
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {file: set(names.split()) for file, _, names in (line.partition(":") for line in lines)}


def main():
    companions, faults, seen = listed(), [], {}
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        file = path.relative_to(ROOT).as_posix()
        concept = path.stem.partition("+")[0]
        others = [name for name in declared(path) if name != concept]
        seen[file] = set(others)
        if re.search(r"^(\w+ )?import GRDB", path.read_text(encoding="utf-8"), re.M) and not file.startswith(ENGINE):
            faults.append(f"{file}: imports GRDB, which only {ENGINE} may")
        faults += [f"{file}: {name} is neither the file's concept nor listed in {LIST.name}"
                   for name in others if name not in companions.get(file, ())]
    for file, names in companions.items():
        faults += [f"{LIST.name}: {file} declares no {name}" for name in sorted(names - seen.get(file, set()))]
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
