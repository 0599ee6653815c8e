#!/usr/bin/env bash
# Tries modules of PyTorch and the examples with versions of PyTorch from PyPI, by hand:
#
#   tests/python/try_torch.sh 2.2.2 2.15.0
#
# Each version is installed into build/torch-VERSION, 5 GB with its libraries for
# GPUs. The package is the one that package.test has built.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD

package=$root/build/release/tests/python/Output/package.test.tmp/package
if [ $# -eq 0 ] || [ ! -d "$package" ]; then
  echo "usage: tests/python/try_torch.sh VERSION..., after tests/python/package.test" >&2
  exit 1
fi
for version in "$@"; do
  venv=build/torch-$version
  numpy='numpy<3'
  # Before 2.3, PyTorch was built for NumPy 1.
  [ "$(printf '%s\n' "$version" 2.3 | sort -V | head -n 1)" = 2.3 ] || numpy='numpy<2'
  if [ ! -f "$venv/is-made" ]; then
    echo "installing PyTorch $version into $venv"
    /usr/bin/python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check "torch==$version" "$numpy" \
      onnx onnxscript
    touch "$venv/is-made"
  fi
  (cd tests/python && env FRIEZE_SOURCE="$root" FRIEZE_BIN="$root/build/release/bin" \
    PYTHONPATH="$package" PYTHONDONTWRITEBYTECODE=1 \
    "$root/$venv/bin/python" -m unittest frameworks.TorchTest training.TorchTest)
done
