#!/bin/sh
# Runs the tests of train/ where torch is installed; says so where it is not. The interpreter: $PYTHON, or the venv that
# deps.sh made, or python3.
cd "$(dirname "$0")" || exit 1
if [ -z "$PYTHON" ]; then
    PYTHON=python3
    [ -x .venv/bin/python ] && PYTHON=.venv/bin/python
fi
if ! "$PYTHON" -c "import torch, pytest" 2>/dev/null; then
    echo "train: skipped: torch not installed (make train-deps installs it)"
    exit 0
fi
exec "$PYTHON" -m pytest -q "$@"
