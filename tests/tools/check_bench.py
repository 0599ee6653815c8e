#!/usr/bin/env python3
"""Check what frieze-bench printed on standard input.

    check_bench.py json NAME...     one benchmark of each name, in this order
    check_bench.py width COLUMNS    no line is longer
    check_bench.py lines LINES      there are no more
"""
import json
import sys


def check_benchmark(benchmark, peak):
    assert benchmark["run_type"] == "iteration" and benchmark["time_unit"] == "us"
    least, median = benchmark["min_us"], benchmark["median_us"]
    assert 0 < least <= median, (least, median)
    # Google Benchmark sums up times in whole calls.
    assert abs(benchmark["real_time"] / median - 1) < 1e-6, benchmark["real_time"]
    rate = 2e-3 * benchmark["MACs"] / least
    assert abs(benchmark["GFLOP/s"] - rate) <= 1e-9 * rate
    assert abs(benchmark["%peak"] - 100 * rate / peak) < 1
    assert benchmark["FLOP/byte"] == 2 * benchmark["MACs"] / benchmark["bytes"]
    assert benchmark["bytes"] > benchmark["weights"]
    assert benchmark["code_bytes"] > 0
    if "in_net_min_us" in benchmark:
        assert 0 <= benchmark["in_net_min_us"] <= benchmark["in_net_median_us"]


def check_json(text, names):
    root = json.loads(text)
    peak = float(root["context"]["peak_gflops"])
    assert peak > 0
    assert root["context"]["processor"]
    assert root["context"]["compiler"].startswith("frieze ")
    assert root["context"]["variant"].startswith("x86-64-v")
    for level in ("", "l1_", "l2_", "memory_"):
        assert float(root["context"][f"bandwidth_{level}gb_per_s"]) > 0, level
    found = [benchmark["name"] for benchmark in root["benchmarks"]]
    assert found == list(names), found
    for benchmark in root["benchmarks"]:
        check_benchmark(benchmark, peak)
        print(*(f"{key}={benchmark[key]:g}" for key in
                ("MACs", "bytes", "spills", "reloads") if key in benchmark),
              *(["in_net"] if "in_net_min_us" in benchmark else []))


def main(command, *arguments):
    text = sys.stdin.read()
    if command == "json":
        check_json(text, arguments)
    elif command == "width":
        longest = max(text.splitlines(), key=len)
        assert len(longest) <= int(arguments[0]), longest
    elif command == "lines":
        assert len(text.splitlines()) <= int(arguments[0]), text


if __name__ == "__main__":
    main(*sys.argv[1:])
