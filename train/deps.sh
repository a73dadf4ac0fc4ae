#!/bin/sh
# Installs this package and its pinned dependencies (3 GB with torch) into train/.venv.
set -e
cd "$(dirname "$0")"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --editable ".[test,report]"
