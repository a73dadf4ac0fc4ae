#!/bin/sh
# Installs this package and its pinned dependencies (3 GB with torch) into train/.venv; with the argument `study`,
# Snakemake, which runs the studies, into an environment of its own, train/.venv-study.
set -e
cd "$(dirname "$0")"
if [ "$1" = study ]; then
    [ -x .venv-study/bin/python ] || python3 -m venv .venv-study
    exec .venv-study/bin/python -m pip install --requirement requirements-study.txt
fi
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --editable ".[test,report]"
