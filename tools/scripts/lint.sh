#!/usr/bin/env bash
# Checks format (clang-format 22), licence banners and white space of the given
# files, by default all that git tracks. With --fix, corrects what it can: the
# format of C and C++, and white space. Names and linkage (clang-tidy 22, by
# .clang-tidy) take a build, which knows how to compile a file, and a second or
# two a file: without files, those are looked at that differ from branch main.
#
#   tools/scripts/lint.sh [--fix] [FILE...]
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
fix=no
if [ "${1:-}" = --fix ]; then
  fix=yes
  shift
fi
if [ $# -gt 0 ]; then
  files=("$@")
  changed=("$@")
else
  cd "$root" || exit 1
  mapfile -t files < <(git ls-files)
  mapfile -t changed < <(git diff --name-only "$(git merge-base HEAD main 2>/dev/null || echo HEAD)")
fi

status=0
report() {
  echo "$1: error: $2" >&2
  status=1
}

# "//===- File.cpp - Purpose -----*- C++ -*-===//" or its C form, the licence in
# lines 2 to 4, perhaps more comment, and a line of dashes.
check_banner() {
  local file=$1 first
  IFS= read -r first <"$file"
  case $first in
  "//===- ${file##*/} - "*"===//" | "/*===- ${file##*/} - "*"===*\\") ;;
  *) report "$file" "expects a banner '//===- ${file##*/} - Purpose ---*- C++ -*-===//' on its first line" ;;
  esac
  [ ${#first} -le 80 ] ||
    report "$file" "expects a banner of at most 80 columns, but got ${#first}"
  # As words, without the signs of the comment.
  [ "$(sed -n '2,4{s,^//,,;s,^|[*],,;s,[*]|$,,;p}' "$file" | xargs)" = "Part of the Frieze project, \
under the Apache License v2.0 with LLVM Exceptions. \
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception" ] ||
    report "$file" "expects the licence in lines 2 to 4 of its banner"
  # The first line that is no comment ends the search.
  sed -n '2,${/^\(\/\/\|[|\\][*]\)/!q;p}' "$file" |
    grep -qxE '//={3}-{70}={3}//|\\\*={3}-{70}={3}\*/' ||
    report "$file" "expects a line of dashes below its banner"
}

check_white_space() {
  local file=$1
  if [ $fix = yes ]; then
    grep -q '[[:blank:]]$' "$file" && sed -i 's/[[:blank:]]*$//' "$file"
    [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
    return
  fi
  ! grep -n '[[:blank:]]$' "$file" >/dev/null ||
    report "$file" "white space at the end of line $(grep -n '[[:blank:]]$' "$file" | head -n 1 | cut -d: -f1)"
  [ -z "$(tail -c 1 "$file")" ] || report "$file" "expects a newline at the end"
}

code=()
for file in "${files[@]}"; do
  # Files that are empty, removed, linked or not text are not ours to judge.
  if [ ! -s "$file" ] || [ -L "$file" ] || ! grep -qI . "$file"; then
    continue
  fi
  case $file in
  *.cpp | *.hpp | *.h | *.c)
    check_banner "$file"
    code+=("$file")
    ;;
  *.td) check_banner "$file" ;;
  esac
  case $file in
  LICENSE | tests/models/*.json) ;;
  *) check_white_space "$file" ;;
  esac
done

if [ ${#code[@]} -gt 0 ]; then
  formatter=$(command -v clang-format-22 || echo /usr/lib/llvm-22/bin/clang-format)
  case $("$formatter" --version 2>/dev/null) in
  *"version 22."*) ;;
  *)
    echo "error: expects clang-format 22 (package clang-format-22)" >&2
    exit 1
    ;;
  esac
  if [ $fix = yes ]; then
    "$formatter" -i "${code[@]}"
  else
    for file in "${code[@]}"; do
      "$formatter" --dry-run -Werror "$file" 2>/dev/null ||
        report "$file" "is not formatted; run tools/scripts/lint.sh --fix"
    done
  fi
fi

# The sources of C++ among those changed that a build compiles.
sources=()
for build in "$root"/build/{dev,release,ci}; do
  [ -f "$build/compile_commands.json" ] || continue
  for file in "${changed[@]}"; do
    case $file in
    *.cpp) ! grep -qF "\"file\": \"$(realpath "$file")\"" "$build/compile_commands.json" ||
      sources+=("$file") ;;
    esac
  done
  break
done
if [ ${#sources[@]} -gt 0 ] && [ $fix = no ]; then
  tidy=$(command -v clang-tidy-22 || echo /usr/lib/llvm-22/bin/clang-tidy)
  case $("$tidy" --version 2>/dev/null) in
  *"version 22."*) ;;
  *) report "$tidy" "expects clang-tidy 22 (package clang-tidy-22)" ;;
  esac
  # A line for each problem; that a file is newer than the build is one, too.
  problems=$(printf '%s\0' "${sources[@]}" |
    xargs -0 -n 1 -P "$(nproc)" "$tidy" -p "$build" --quiet 2>/dev/null |
    grep -E '(warning|error): ' | sort -u)
  if [ -n "$problems" ]; then
    echo "$problems" >&2
    status=1
  fi
fi
exit $status
