#!/usr/bin/env bash
# Tests what reads the database: the consumers, a second user, Datasette. PAYSTATE is the binary, else the debug build's.
# What a machine lacks (python3, Datasette and no network, root, sqlite3, a server in PAYSTATE_POSTGRESQL) is said and left out.
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
if ! command -v python3 >/dev/null; then
    echo 'python3 is missing: what reads the database is not tested'
    exit 0
fi
python=python3
if ! python3 -c 'import datasette' 2>/dev/null; then
    venv=../../.build/reading  # With what the machine has besides, such as psycopg.
    if [[ -x $venv/bin/datasette ]] \
        || { python3 -m venv --system-site-packages "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt; }; then
        python=$venv/bin/python
    else
        echo 'Datasette cannot be installed from PyPI: it is not tested'
    fi
fi
exec "$python" -m unittest --verbose
