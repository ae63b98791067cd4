#!/usr/bin/env bash
# Tests the read API of a running daemon against its own description, /openapi.json. PAYSTATE is the binary, else the debug build's.
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
venv=../../.build/api
if ! [[ -x $venv/bin/schemathesis ]] \
    && ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt; }; then
    echo 'schemathesis cannot be installed from PyPI: the API is not tested'
    exit 0
fi
exec "$venv/bin/python" check.py "$@"
