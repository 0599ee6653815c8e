"""Kills and resumes jobs of 1,000 recordings, 10 of them damaged:
python3 check_jobs.py FRIEZE-ECG FRIEZE-COMPILE FOLDER

The classifier only looks at the sample at the position. In each recording of 4 s there is
a pulse at a place of its own."""
import csv
import glob
import os
import resource
import signal
import struct
import subprocess
import sys
import time

import on_terminal
from recordings import make_npy, write_model

COUNT, FOLDERS, RATE, SECONDS = 1000, 10, 360, 4


def get_beat(number):
    return 200 + number % 1000


def get_samples(number):
    beat = get_beat(number)
    return [1000 if abs(i - beat) <= 15 else 0 for i in range(RATE * SECONDS)]


def write_wfdb(path, samples, checksum=0):
    name = os.path.basename(path)
    with open(path + ".dat", "wb") as file:
        file.write(struct.pack(f"<{len(samples)}h", *samples))
    with open(path + ".hea", "w") as file:
        file.write(f"{name} 1 {RATE} {RATE * SECONDS}\n{name}.dat 16 1000/mV 16 0 0 "
                   f"{(sum(samples) + checksum) % 65536} 0 ECG\n")
    return path


def write_csv(path, text):
    with open(path + ".csv", "w") as file:
        file.write(text)
    return path + ".csv"


def write_npy(path, shape, data):
    with open(path + ".npy", "wb") as file:
        file.write(make_npy("<f4", shape, data))
    return path + ".npy"


def write_records():
    """Returns the paths in order, and what the error of each damaged one says."""
    paths = []
    for number in range(COUNT):
        folder = f"in/f{number % FOLDERS}"
        os.makedirs(folder, exist_ok=True)
        paths.append(write_wfdb(f"{folder}/{number // FOLDERS}", get_samples(number)))
    damaged = {}

    def damage(number, message, change):
        os.remove(paths[number] + ".hea")
        base, paths[number] = paths[number], None
        paths[number] = change(base) or base
        damaged[paths[number]] = message

    samples = get_samples(0)
    damage(3, "truncated", lambda base: write_wfdb(base, samples[:700]))
    damage(101, "checksum", lambda base: write_wfdb(base, samples, checksum=1))
    damage(202, "no such file", lambda base: None)
    damage(303, "cannot be read", lambda base: os.remove(write_wfdb(base, samples) + ".dat"))
    damage(404, "a finite number", lambda base: write_csv(base, "0\n1\nnone\n"))
    damage(505, "no samples", lambda base: write_csv(base, ""))
    damage(606, "missing", lambda base: write_csv(base, "nan\nnan\nnan\n"))
    damage(707, "in millivolts", lambda base: write_csv(base, "0\n2048\n0\n"))
    damage(808, "expects data", lambda base: write_npy(base, (1000,), b"\0" * 100))
    damage(909, "runs backwards", lambda base: write_csv(base, "time,ecg\n0,0\n1,0\n0,0\n"))
    return paths, damaged


class Jobs:
    def __init__(self, scan, paths, damaged):
        self.command = [scan, "scan", "--model", "model.so", "--place=score", "--rate=360", "--unit=mV",
                        "--level=off", *paths]
        self.paths, self.damaged = paths, damaged

    def run(self, *options):
        """Runs a job to its end, which tells each damaged record once."""
        result = subprocess.run([*self.command, *options], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, check=False)
        assert result.returncode == 1, result.stderr
        if "--resume" not in options:
            # The checksum, and what is wrong with CSV, shows in the samples alone.
            first = result.stderr.splitlines()[0]
            assert first.startswith("in/f3/0.dat: warning: truncated"), first
            assert first.endswith("; 3 more cannot be read; the end tells all"), first
        errors = [line for line in result.stderr.splitlines() if ": error: " in line]
        assert len(errors) == len(self.damaged), result.stderr
        for path, message in self.damaged.items():
            told = [line for line in errors
                    if line.startswith(path + ":") or line.startswith(path + ".")]
            assert len(told) == 1 and message in told[0], (path, message, errors)
        last = result.stderr.splitlines()[-1]
        assert last.startswith(f"error: 10 of {COUNT} records failed: in/f3/0, "), last
        assert f"total: {COUNT - 10} records, {COUNT - 10} beats" in result.stdout, result.stdout
        return result

    def kill(self, is_half, *options, meanwhile=lambda: None):
        """Kills a job when it is half through, which one thread is not before it is seen."""
        with subprocess.Popen([*self.command, "--threads=1", *options], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            while not is_half():
                assert process.poll() is None, "the job ended before it was killed"
                time.sleep(0.001)
            process.send_signal(signal.SIGSTOP)
            meanwhile()
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL, process.returncode

    def refuse(self, message, *options):
        result = subprocess.run([*self.command, *options], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, check=False)
        assert result.returncode == 1 and message in result.stderr, result.stderr


def read(path):
    with open(path, "rb") as file:
        return file.read()


def count_lines(path):
    return read(path).count(b"\n") if os.path.exists(path) else 0


def check_failed_list(path, jobs):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == [path for path in jobs.paths if path in jobs.damaged]
    for row in rows:
        assert jobs.damaged[row["path"]] in row["error"], row


def check_list(jobs):
    """One file for all records."""
    jobs.run("-o", "whole.csv")
    with open("whole.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [(os.path.basename(path), get_beat(number), path)
                for number, path in enumerate(jobs.paths) if path not in jobs.damaged]
    assert [(row["record"], int(row["sample"]), row["path"]) for row in rows] == expected
    check_failed_list("whole.failed.csv", jobs)
    assert not os.path.exists("whole.csv.job")

    jobs.kill(lambda: count_lines("cut.csv") > COUNT * 0.3, "-o", "cut.csv", meanwhile=lambda:
              jobs.refuse("cut.csv.job: error: is that of a job which is at work", "-o", "cut.csv",
                          "--resume"))
    lines = read("cut.csv").splitlines(keepends=True)
    assert len(lines) < COUNT * 0.8 and lines == read("whole.csv").splitlines(True)[:len(lines)]
    jobs.refuse("cut.csv.job: error: a job with this output was cut off: --resume", "-o", "cut.csv")
    jobs.refuse("cut.csv.job: error: is of another job", "-o", "cut.csv", "--hop=2", "--resume")
    # Again, and with other threads.
    jobs.kill(lambda: count_lines("cut.csv") > COUNT * 0.6, "-o", "cut.csv", "--resume")
    # A line that was cut off.
    with open("cut.csv", "ab") as file:
        file.write(b"0,12")
    jobs.run("-o", "cut.csv", "--threads", "3", "--resume")
    assert read("cut.csv") == read("whole.csv")
    assert read("cut.failed.csv") == read("whole.failed.csv")
    assert not os.path.exists("cut.csv.job")


def check_full_disk(jobs):
    """What ends a job but a kill: --resume goes on with it, too."""
    for size in (20000, 30000):
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        result = subprocess.run([*jobs.command, "-o", "full.csv", "--resume"], preexec_fn=limit,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                check=False)
        assert result.returncode == 1, result.stderr
        assert "cannot be written: File too large" in result.stderr, result.stderr
        assert 100 < count_lines("full.csv") < COUNT * 0.9
    jobs.run("-o", "full.csv", "--resume")
    assert read("full.csv") == read("whole.csv")
    assert not os.path.exists("full.csv.job")


def check_folder(jobs):
    """A file for each record, in folders as the records are."""
    jobs.run("-o", "whole/")
    files = sorted(glob.glob("whole/**/*.csv", recursive=True))
    assert len(files) == COUNT - 10, len(files)
    for number, path in enumerate(jobs.paths):
        if path in jobs.damaged:
            continue
        text = read(f"whole/f{number % FOLDERS}/{number // FOLDERS}.csv").decode()
        assert text.splitlines()[1].split(",")[1] == str(get_beat(number)), text
    check_failed_list("whole.failed.csv", jobs)
    jobs.refuse("whole/f0/0.csv: error: is there already, and would be replaced", "-o", "whole")

    count = lambda: len(glob.glob("cut/*/*.csv"))
    jobs.kill(lambda: count() > COUNT * 0.3, "-o", "cut/")
    assert count() < COUNT * 0.9
    # What a write that was cut off leaves behind.
    with open("cut/f7/.frieze-0a1b2c3d.tmp", "w") as file:
        file.write("rec")
    jobs.run("-o", "cut/", "--resume")
    names = lambda top: [[sorted(files) for _, _, files in sorted(os.walk(top))]]
    assert names("cut") == names("whole")
    for path in files:
        assert read(path) == read(path.replace("whole", "cut")), path


def check_memory(jobs):
    """Many records take no more than few."""
    peaks = []
    for count in (50, COUNT):
        command = jobs.command[:len(jobs.command) - COUNT + count]
        process = subprocess.Popen([*command, "-o", f"memory{count}.csv"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        peaks.append(usage.ru_maxrss / 1024)
    # The sanitizer's own memory is not ours.
    if b"__asan_init" not in read(jobs.command[0]):
        assert peaks[1] < peaks[0] + 8, f"{peaks} MiB"


def check_progress(jobs):
    """A terminal shows how many are done, and how long the others take."""
    status, text = on_terminal.run([*jobs.command, "-o", "progress.csv", "--threads=1"])
    assert status == 1
    assert b"500 of 1000 records [####################....................] 50 %" in text, text


def main():
    scan, compiler, folder = sys.argv[1:]
    os.chdir(folder)
    write_model(compiler)
    jobs = Jobs(scan, *write_records())
    check_list(jobs)
    check_full_disk(jobs)
    check_folder(jobs)
    check_memory(jobs)
    check_progress(jobs)


main()
