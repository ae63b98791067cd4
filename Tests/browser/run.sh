#!/usr/bin/env bash
# Tests the operator's page in Debian's chromium. PAYSTATE is the binary, else the debug build's; arguments are names of tests.
#
#     run.sh [NAME…]
#     run.sh --screenshots DIR
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
venv=../../.build/browser
if ! [[ -x $venv/bin/playwright ]] \
    && ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt; }; then
    echo 'playwright cannot be installed from PyPI: the page is not tested'
    exit 0
fi
if [[ ${1-} == --screenshots ]]; then exec "$venv/bin/python" screenshots.py "$2"; fi
exec "$venv/bin/python" -m unittest --verbose "$@"
