#!/usr/bin/env bash
# Builds the given targets (default: everything) in build/release. A build that
# is up to date takes a moment and says nothing. With FRIEZE_ENABLE_WERROR=ON,
# a folder that is new has warnings as errors.
set -euo pipefail
cd "$(dirname "$0")/../.."

log=build/release/configure.log
if [ ! -f build/release/build.ninja ]; then
  mkdir -p build/release
  cmake --preset release -DFRIEZE_ENABLE_WERROR="${FRIEZE_ENABLE_WERROR:-OFF}" \
    >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
if [ -t 1 ]; then
  ninja -C build/release "$@"
else
  ninja -C build/release "$@" >build/release/build.log 2>&1 || {
    grep -v '^\[' build/release/build.log >&2
    exit 1
  }
fi
