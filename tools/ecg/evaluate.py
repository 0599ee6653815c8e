"""Scores the classifier as a beat detector against annotated WFDB records.

    python evaluate.py --model ecg.keras --records mitdb [--only 208 100 ...]
    python evaluate.py --model ecg.keras --recording 208 --beats 208_beats.csv

The model slides over the first lead, beats are picked from its scores and matched
one to one at 150 ms (detector.py holds the rules). Printed per record and gross:
sensitivity, positive predictivity, F1 and the mean absolute timing error. Only
beat codes of the annotations count, and half a second around ventricular flutter
is left out.
"""

import argparse
import csv

import detector
import keras
import numpy as np
import wfdb


def read_beats(path, name):
    """The positions of one record in a CSV of record,sample: (beats,) int64."""
    with open(path, encoding="ascii", newline="") as file:
        rows = csv.DictReader(file)
        return np.array([int(r["sample"]) for r in rows if r["record"] == name])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="ecg.keras")
    parser.add_argument("--records", help="folder of WFDB records with .atr files")
    parser.add_argument("--only", nargs="+", metavar="RECORD", help="only these")
    parser.add_argument("--recording", help="a WFDB record, without extension")
    parser.add_argument("--beats", help="CSV with the beats of the recording")
    parser.add_argument("--lead", type=int, default=0)
    parser.add_argument("--gain", type=float, default=1.0, help="multiplies the signal")
    parser.add_argument("--offset", type=float, default=0.0, help="added to it, in mV")
    parser.add_argument("--level", choices=["auto", "off"], default="auto",
                        help="what the classifier sees: auto, the recording with its "
                        "baseline at 0 and its QRS complexes 1 high; off, millivolts")
    args = parser.parse_args()
    if not args.records and not (args.recording and args.beats):
        parser.error("give --records, or --recording and --beats")

    model = keras.saving.load_model(args.model, compile=False)
    twin = detector.build_twin(model)

    def detect(name, signal):
        lead = signal[:, args.lead].astype(np.float32) * args.gain + args.offset
        if args.level == "auto":
            print(f"{name}: {detector.level(lead)}")
            lead = detector.normalize(lead)
        return detector.pick(detector.score(twin, lead), lead)

    rows = []
    if args.recording:
        signal, _ = wfdb.rdsamp(args.recording)
        name = args.recording.replace("\\", "/").rsplit("/", 1)[-1]
        beats = read_beats(args.beats, name)
        rows.append((name, detector.match(beats, detect(name, signal))))
    if args.records:
        for path in detector.find_records(args.records):
            if not args.only or path.name in args.only:
                record = detector.read_record(path)
                found = detect(record.name, record.signal)
                rows.append((record.name, detector.compare(record, found)))
    detector.print_table(rows)


if __name__ == "__main__":
    main()
