#!/bin/sh
# Make .venv-peers, the environment of the peer readers. medspaCy pins numpy 1.26, which
# hepaspot's own environment must not have, so it lives apart and runs as a child process.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
venv="$root/.venv-peers"
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$root/benchmarks/peers/requirements.txt"
