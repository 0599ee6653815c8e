#!/usr/bin/env bash
# Makes build/python once: venv, with what the Python package is built with, and
# wheels, with what it needs where it is installed. And build/keras: venv, with Keras
# on JAX, ONNX Runtime, and what else the examples and the notebook use. And
# build/archive: venv, with the engines that frieze.archive runs on.
set -euo pipefail
cd "$(dirname "$0")/../.."

is_made() { cmp -s "$1" "$2/requirements.txt"; }

make_venv() {
  echo "installing what $1 lists into $2"
  /usr/bin/python3 -m venv --clear "$2/venv"
  "$2/venv/bin/pip" install -q --disable-pip-version-check -r "$1"
}

requirements=tests/python/requirements.txt
folder=build/python
if ! is_made $requirements $folder; then
  make_venv $requirements $folder
  "$folder/venv/bin/pip" download -q --disable-pip-version-check --no-deps -d "$folder/wheels" \
    "$(grep '^numpy==' "$requirements")"
  cp "$requirements" "$folder/requirements.txt"
fi

for pair in requirements-keras.txt:keras archive/requirements.txt:archive; do
  requirements=tests/python/${pair%:*}
  folder=build/${pair#*:}
  if ! is_made "$requirements" "$folder"; then
    make_venv "$requirements" "$folder"
    cp "$requirements" "$folder/requirements.txt"
  fi
done
