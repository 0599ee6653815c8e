#!/usr/bin/env python3
"""Prints what the tests of tests/e2e and tests/targets compared on each machine.

    tests/targets/print_table.py ROWS
"""
import glob
import json
import os
import sys

COLUMNS = ("models", "graphs", "streams", "failed", "values", "bits that differ")


def main(folder):
    sums = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path) as file:
            row = json.load(file)
        for name, result in row["machines"].items():
            machine = sums.setdefault(name, dict.fromkeys(COLUMNS, 0))
            machine[row["kind"] + "s"] += result["values"] > 0
            machine["failed"] += "failed" in result
            machine["values"] += result["values"]
            machine["bits that differ"] += result["bits"]
    print(f"{'machine':<24}" + "".join(f"{column:>{len(column) + 4}}" for column in COLUMNS))
    for name, row in sorted(sums.items()):
        print(f"{name:<24}" + "".join(f"{row[column]:>{len(column) + 4},}" for column in COLUMNS))


if __name__ == "__main__":
    main(*sys.argv[1:])
