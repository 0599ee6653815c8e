#!/usr/bin/env bash
# Makes build/python once: venv, with what the Python package is built with, and
# wheels, with what it needs where it is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=tests/python/requirements.txt
folder=build/python
cmp -s "$requirements" "$folder/requirements.txt" && exit 0
echo "installing nanobind, scikit-build-core and NumPy into $folder"
/usr/bin/python3 -m venv --clear "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check -r "$requirements"
"$folder/venv/bin/pip" download -q --disable-pip-version-check --no-deps -d "$folder/wheels" \
  "$(grep '^numpy==' "$requirements")"
cp "$requirements" "$folder/requirements.txt"
