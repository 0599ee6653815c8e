"""Compares beats of lists with several rates:
python3 check_rates.py FRIEZE-ECG FRIEZE-COMPILE FOLDER

The record has 125 frames a second, each with four samples of the lead; the classifier only
looks at the sample at the position, and there is a pulse every 0.8 s."""
import os
import struct
import subprocess
import sys

from recordings import write_annotations, write_model

FRAMES, EACH, SECONDS = 125, 4, 40
RATE = FRAMES * EACH
BEATS = [0.4 + 0.8 * i for i in range(1, 47)]


def get_samples():
    samples = [0] * (RATE * SECONDS)
    for beat in BEATS:
        at = round(beat * RATE)
        samples[at - 21:at + 22] = [1000] * 43
    return samples


def write_record(name, other=""):
    samples = get_samples()
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    base = os.path.basename(name)
    with open(name + ".dat", "wb") as file:
        if other:
            for i in range(0, len(samples), EACH):
                file.write(struct.pack("<5h", *samples[i:i + EACH], 0))
        else:
            file.write(struct.pack(f"<{len(samples)}h", *samples))
    with open(name + ".hea", "w") as file:
        file.write(f"{base} {2 if other else 1} {FRAMES} {FRAMES * SECONDS}\n"
                   f"{base}.dat 16x{EACH} 1000/mV 16 0 0 0 0 ECG\n" + other)


def write_atr(name, rate, note=""):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    write_annotations(name, [round(beat * rate) for beat in BEATS], [1] * len(BEATS), note)


def write_csv(name, rate, record="frames"):
    with open(name, "w") as file:
        file.write("record,sample\n" + "".join(f"{record},{round(b * rate)}\n" for b in BEATS))


def run(tool, *arguments, fails=False):
    result = subprocess.run([tool, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            universal_newlines=True)
    assert result.returncode == fails, result
    return result.stdout, result.stderr


def expect_all(output):
    """All beats of the one record match."""
    name, reference, found, matched = output.splitlines()[1].split()[:4]
    assert reference == found == matched == str(len(BEATS)), output


def expect_problem(errors, *parts):
    assert all(part in errors for part in parts), errors


NOTE = "note: tells no rate, its beats are taken to count samples of the lead, at 500 Hz"


def check_scan(scan):
    """Beats to compare with are of the record that is scanned."""
    all_found = f"{len(BEATS)} of {len(BEATS)} reference beats"
    arguments = ["scan", "--model", "model.so", "frames", "-o", "beats.csv", "--compare"]
    for reference in "frames.atr", "apart/frames.atr", "noted/frames.atr", "lead/frames.csv":
        output, errors = run(scan, *arguments, reference)
        assert all_found in output, (reference, output)
        # Samples could also be taken for frames.
        assert (NOTE in errors) == (reference == "lead/frames.csv"), errors
    # A CSV recording has no frames.
    output, errors = run(scan, "scan", "--model", "model.so", "--rate=500", "--unit=mV",
                         "samples/frames.csv", "-o", "samples/beats.csv", "--compare",
                         "samples/frames.atr")
    assert all_found in output and NOTE in errors, (output, errors)
    # What is written is read again, wherever it lies.
    for output in "apart/written.json", "apart/written.atr", "beats.csv":
        run(scan, "scan", "--model", "model.so", "frames", "-o", output)
    os.rename("apart/written.atr", "written/frames.atr")
    assert all_found in run(scan, *arguments, "written/frames.atr")[0]
    assert all_found in run(scan, *arguments, "apart/written.json")[0]
    assert " 0.0 ms apart" in run(scan, *arguments, "written/frames.atr")[0]


def check_compare(scan):
    compare = lambda *arguments, **options: run(scan, "compare", *arguments, **options)
    # The header beside the file tells, or the file itself, or --rate.
    for reference in "frames.atr", "frames", "frames.hea", "noted/frames.atr", "apart/written.json":
        output, errors = compare(reference, "beats.csv")
        expect_all(output)
        assert not errors, errors
    expect_all(compare("--rate=125", "apart/frames.atr", "beats.csv")[0])
    expect_all(compare("--rate=125", "beats.csv", "apart/frames.atr")[0])
    expect_all(compare("--rate=125", "apart/frames.atr", "apart/frames.atr")[0])
    expect_problem(compare("--rate=125", "frames.atr", "beats.csv")[1], "--rate: warning: is not used")
    # Annotations of one record have the frames of its header.
    expect_all(compare("frames.atr", "apart/frames.atr")[0])
    expect_problem(compare("apart/frames.atr", "beats.csv", fails=True)[1],
                   "apart/frames.atr: error: the annotations of record 'frames' have a rate that "
                   "neither this file nor beats.csv tells: give --rate=HZ, or put the record's "
                   "header beside it")
    # Samples of one record are those of its lead, if all have as many a frame.
    output, errors = compare("lead/frames.csv", "beats.csv")
    expect_all(output)
    expect_problem(errors, "lead/frames.csv: note: tells no rate, record 'frames' is taken to have "
                           "the one that beats.csv tells, 500 Hz")
    expect_all(compare("frames.atr", "lead/frames.csv")[0])
    expect_all(compare("lead/frames.csv", "frames.atr")[0])
    expect_all(compare("--rate=500", "two/frames.atr", "lead/frames.csv")[0])
    for other in "two/frames.atr", "noted/frames.atr", "lead/frames.csv", "apart/frames.atr":
        expect_problem(compare("lead/frames.csv", other, fails=True)[1],
                       "lead/frames.csv: error: the samples of record 'frames' have a rate",
                       "give --rate=HZ")
    # Of another record nothing is known.
    expect_problem(compare("lead/other.csv", "beats.csv", fails=True)[1], "give --rate=HZ")
    expect_all(compare("--rate=500", "lead/other.csv", "beats.csv")[0])


def main():
    scan, compiler, folder = sys.argv[1:]
    os.chdir(folder)
    write_model(compiler)
    write_record("frames")
    for folder in "lead", "samples", "written":
        os.makedirs(folder)
    # Another signal has one sample a frame.
    write_record("two/frames", "frames.dat 16 1/mmHg 16 0 0 0 0 ABP\n")
    write_atr("frames.atr", FRAMES)
    write_atr("two/frames.atr", FRAMES)
    write_atr("samples/frames.atr", RATE)
    with open("samples/frames.csv", "w") as file:
        file.writelines(f"{sample / 1000}\n" for sample in get_samples())
    write_atr("apart/frames.atr", FRAMES)
    write_atr("noted/frames.atr", RATE, note="500")
    write_csv("lead/frames.csv", RATE)
    write_csv("lead/other.csv", RATE, record="other")
    check_scan(scan)
    check_compare(scan)


main()
