#!/usr/bin/env bash
# Checks the Prometheus rules and runs their unit tests with promtool (Debian's package `prometheus`).
set -euo pipefail
cd "$(dirname "$0")/../../systemd/monitoring"
command -v promtool >/dev/null || { echo "promtool is not installed (apt-get install --no-install-recommends prometheus)" >&2; exit 69; }
promtool check rules paystate.rules.yml
promtool test rules paystate.rules.test.yml
