"""Writes the shipped recording, 208.hea and 208.dat, from the ECG that SciPy carries.

    pip download --no-deps --only-binary=:all: --python-version 3.11 scipy==1.10.1
    python make_recording.py scipy-1.10.1-*.whl

Source: scipy/misc/ecg.dat of SciPy 1.10.1 (BSD-3-Clause), a compressed NumPy file
with the array "ecg", 108000 unsigned 16-bit samples: five minutes of record 208,
lead MLII, of the MIT-BIH Arrhythmia Database (https://physionet.org/content/mitdb/,
Open Data Commons Attribution License 1.0), at 360 Hz. They are samples 422820 to
530819 of that record, from 19:34.5 on (SciPy's documentation rounds it to 19:35).
SciPy's electrocardiogram() documents the units: millivolts are (ecg - 1024) / 200,
with MIT-BIH's baseline and gain.

Output: a WFDB record in format 212, whose 12-bit samples are the source's unchanged.
"""

import argparse
import io
import zipfile
from pathlib import Path

import numpy as np
import wfdb

NAME = "208"
FS = 360
GAIN = 200  # units per millivolt
BASELINE = 1024  # units at 0 mV
MEMBER = "scipy/misc/ecg.dat"
COMMENTS = [
    "Five minutes (samples 422820 to 530819) of record 208, lead MLII, of the",
    "MIT-BIH Arrhythmia Database: https://physionet.org/content/mitdb/1.0.0/",
    "Taken from SciPy 1.10.1 (scipy/misc/ecg.dat, BSD-3-Clause).",
    "Licence of the data: Open Data Commons Attribution License 1.0 (ODC-By).",
    "Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database.",
    "IEEE Eng Med Biol 20(3):45-50 (2001). doi:10.13026/C2F305",
    "Goldberger AL et al. PhysioBank, PhysioToolkit, and PhysioNet.",
    "Circulation 101(23):e215-e220 (2000). doi:10.1161/01.CIR.101.23.e215",
]


def read_ecg(path):
    """Reads the wheel or ecg.dat itself: (108000,) int64, in units of the converter."""
    source = Path(path)
    if source.suffix == ".whl":
        with zipfile.ZipFile(source) as wheel:
            source = io.BytesIO(wheel.read(MEMBER))
    with np.load(source) as arrays:
        return arrays["ecg"].astype(np.int64)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="the SciPy 1.10.1 wheel, or its ecg.dat")
    parser.add_argument("--output", default=".", help="folder for 208.hea and 208.dat")
    args = parser.parse_args()

    ecg = read_ecg(args.source)
    record = wfdb.Record(
        record_name=NAME,
        n_sig=1,
        fs=FS,
        sig_len=len(ecg),
        file_name=[f"{NAME}.dat"],
        fmt=["212"],
        samps_per_frame=[1],
        skew=[None],
        byte_offset=[None],
        adc_gain=[GAIN],
        baseline=[BASELINE],
        units=["mV"],
        adc_res=[11],
        adc_zero=[1024],
        block_size=[0],
        sig_name=["MLII"],
        comments=COMMENTS,
        d_signal=ecg[:, None],
    )
    record.init_value = [int(ecg[0])]
    record.checksum = record.calc_checksum()
    record.wrsamp(write_dir=args.output)

    written = wfdb.rdrecord(str(Path(args.output) / NAME))
    np.testing.assert_allclose(
        written.p_signal[:, 0], (ecg - BASELINE) / GAIN, atol=1e-9
    )
    print(f"{NAME}: {len(ecg)} samples, {len(ecg) / FS:.0f} s")


if __name__ == "__main__":
    main()
