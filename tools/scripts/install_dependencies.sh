#!/usr/bin/env bash
# Installs the Debian packages that building and testing Frieze needs, and those
# given as arguments; those that are missing only. Says nothing when there are none.
set -euo pipefail

packages=(
  cmake ninja-build make pkg-config gcc g++ libc6-dev
  clang-22 lld-22 llvm-22-dev llvm-22-tools liblld-22-dev libmlir-22-dev mlir-22-tools
  nlohmann-json3-dev libzip-dev libhdf5-dev zlib1g-dev libzstd-dev libbenchmark-dev
  libonnx-dev libprotobuf-dev protobuf-compiler
  libsoxr-dev libvulkan-dev libgtest-dev python3 python3-numpy
  "$@"
)

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

run=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "error: these packages are missing, and there is no sudo to install them: ${missing[*]}" >&2
    exit 1
  }
  run=(sudo)
fi
echo "installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${run[@]}" apt-get update -q &&
       "${run[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "error: cannot install ${missing[*]}; Debian 12 with its security updates has all of them" >&2
  exit 1
fi
