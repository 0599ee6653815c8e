#!/usr/bin/env python3
"""Prints what the tests of tests/targets compared on each machine.

    tests/targets/print_table.py ROWS
"""
import glob
import json
import os
import sys

from machines import TESTED

COLUMNS = ("models", "graphs", "streams", "failed", "values", "bits that differ")


def main(folder):
    sums = {machine.name: dict.fromkeys(COLUMNS, 0) for machine in TESTED}
    for path in glob.glob(os.path.join(folder, "*.json")):
        with open(path) as file:
            row = json.load(file)
        for name, result in row["machines"].items():
            sums[name][row["kind"] + "s"] += result["values"] > 0
            sums[name]["failed"] += "failed" in result
            sums[name]["values"] += result["values"]
            sums[name]["bits that differ"] += result["bits"]
    print(f"{'machine':<24}" + "".join(f"{column:>{len(column) + 4}}" for column in COLUMNS))
    for name, row in sums.items():
        print(f"{name:<24}" + "".join(f"{row[column]:>{len(column) + 4},}" for column in COLUMNS))


if __name__ == "__main__":
    main(*sys.argv[1:])
