#!/usr/bin/env python3
"""Statements outside the SQLite engine are written in the dialect that SQLite and PostgreSQL share."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OF_SQLITE = {
    r"\biif\(": "CASE WHEN … THEN … ELSE … END",
    r"\bOR (IGNORE|REPLACE)\b": "ON CONFLICT, or a condition",
    r"\bIS (NOT )?(\?|excluded\b|\(SELECT)": "IS [NOT] DISTINCT FROM",
    r"\?\d* IS (NOT )?NULL (AND|OR)\b": "the comparison first, which tells the parameter's type",
    r"\bPRAGMA\b|\bsqlite_\w+": "a function of the engine (Sources/Ledger/Engine)",
    r"\b(strftime|unixepoch|zeroblob|printf|ifnull)\(": "Swift, or a view's paystate_ functions",
    r"\browid\b|\blast_insert": "a column of the table, counted by the writer",
    r"\bINDEXED BY\b|\bGLOB\b": "plain SQL",
}


def main():
    faults = []
    for path in sorted((ROOT / "Sources/Ledger").rglob("*.swift")):
        file = path.relative_to(ROOT).as_posix()
        if file.startswith("Sources/Ledger/SQLite/"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().startswith("//"):
                continue
            faults += [f"{file}:{number}: only SQLite understands this: write {other}"
                       for pattern, other in OF_SQLITE.items() if re.search(pattern, line)]
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
