"""An archive to scan: pieces of the shipped recording, one of which is damaged."""
import csv
import pathlib
import subprocess
import sys

import numpy as np

from support import ECG, SOURCE

sys.path.append(str(SOURCE / "tests" / "tools"))
from wfdb212 import read_millivolts  # pylint: disable=wrong-import-position

RATE = 360
# Of the shipped recording, 111 s.
LENGTH = 40_000


def read_shipped():
    """Millivolts of the shipped recording."""
    return np.array(read_millivolts(SOURCE / "tools" / "ecg" / "208.dat"))


def write_wfdb(path, millivolts):
    """A record of one signal in format 16, in units of 5 µV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.rint(millivolts * 200).astype("<i2").tofile(path.with_suffix(".dat"))
    path.with_suffix(".hea").write_text(
        f"{path.name} 1 {RATE} {len(millivolts)}\n{path.name}.dat 16 200/mV\n",
        encoding="utf-8")


def make_archive(folder, count):
    """Records in folders of ten, each another stretch in another size. Returns the header
    of the one that is cut."""
    samples = read_shipped()
    for index in range(count):
        write_wfdb(folder / f"{index // 10:02}" / f"r{index:03}",
                   np.roll(samples, -397 * index)[:LENGTH] * (1 + index % 7 / 10))
    cut = folder / f"{count // 20:02}" / f"r{count // 2:03}.hea"
    data = cut.with_suffix(".dat")
    data.write_bytes(data.read_bytes()[:-10])
    return cut


def scan_by_tool(program, folder):
    """The rows that frieze-ecg scan writes of all records of a folder."""
    output = folder.parent / "tool.csv"
    result = subprocess.run(
        [program, "scan", "--model", ECG, *sorted(map(str, folder.rglob("*.hea"))), "-o", output],
        capture_output=True, text=True, check=False)
    with open(output, encoding="utf-8") as file:
        rows = [(row["record"], int(row["sample"]), float(row["time_s"]), float(row["score"]))
                for row in csv.DictReader(file)]
    return rows, result.stderr


def list_beats(table):
    """The rows of OUT/beats, as those of the tool."""
    return list(zip(*(table[name].to_pylist() for name in ("record", "sample", "time_s",
                                                            "score"))))


def read(out):
    """The tables of beats and recordings."""
    import pyarrow.parquet

    return [pyarrow.parquet.read_table(pathlib.Path(out) / name)
            for name in ("beats", "recordings")]
