#!/usr/bin/env bash
# Packs what `make deb` built as two versions, and runs lab.sh with them on a machine that a script boots:
#
#     run.sh BOOT      BOOT SCRIPT FILE… copies the files beside the script, runs it as root, and exits as it does
set -euo pipefail
boot=$(realpath "$1")
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export DPKG_DEB_COMPRESSOR_TYPE=gzip DPKG_DEB_COMPRESSOR_LEVEL=1
OUT=$folder systemd/debian/build.sh "${SCRATCH:-.build}" 2>/dev/null
VERSION_SUFFIX=+1 OUT=$folder systemd/debian/build.sh "${SCRATCH:-.build}" 2>/dev/null
LAB_TIMEOUT=${LAB_TIMEOUT:-600} "$boot" Tests/systemd/lab.sh Tests/systemd/callbacks.py "$folder"/*.deb
