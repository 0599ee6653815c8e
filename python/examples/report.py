"""What the examples that train end with: times in a table, and an exit status.

    report.finish(comparison, accuracy, at_least)
    report.print_times(inputs, Frieze=model, Keras=network.predict_on_batch)
"""
import sys
import time

ROUNDS, SECONDS = 5, 0.05


def measure(function, inputs):
    """Microseconds that a call takes, over as many calls as fit into 50 ms, or one."""
    count, start = 0, time.perf_counter()
    while count == 0 or time.perf_counter() - start < SECONDS:
        function(inputs)
        count += 1
    return (time.perf_counter() - start) / count * 1e6


def print_times(inputs, **functions):
    """Prints what one sample of `inputs` takes alone, and in a call with all of them: in
    turns, of each function the fastest of five rounds, which begin when all have run once."""
    best = {}
    for turn in range(ROUNDS + 1):
        for name, function in functions.items():
            for count in (1, len(inputs)):
                took = measure(function, inputs[:count]) / count
                if turn > 0:
                    best[name, count] = min(took, best.get((name, count), took))
    counts = sorted({count for _, count in best})
    first = next(iter(functions))
    print(f"{'µs a sample':12}" + "".join(f"{f'{count} in a call':>20}" for count in counts))
    for name in functions:
        cells = [f"{best[name, count]:.2f} ({best[name, count] / best[first, count]:.1f})"
                 for count in counts]
        print(f"{name:12}" + "".join(f"{cell:>20}" for cell in cells))


def finish(comparison, accuracy, at_least):
    """Prints how a model agrees with what it comes from, and its accuracy. Ends the program
    with an error where an output or a layer is out of tolerance, or fewer are right."""
    largest = max(output.largest for output in comparison.outputs)
    print(f"{accuracy:.1%} are right; {len(comparison.layers)} layers agree; "
          f"outputs differ by {largest:.1g} at most")
    if not comparison.is_within or comparison.start or comparison.reason:
        sys.exit(f"error: expects outputs and layers within the tolerance, but got\n{comparison}")
    if accuracy < at_least:
        sys.exit(f"error: expects {at_least:.1%} to be right, but got {accuracy:.1%}")
