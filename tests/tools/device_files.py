"""Files as recorders of ECG write them, by the published descriptions of their formats, for
check_devices.py. Signals are lists of millivolts, unless they are said to be stored numbers."""
import struct

from recordings import make_npy

# Lead codes of ISHNE, and blocks of AliveCor's ATC.
ISHNE_CODES = {"I": 5, "II": 6, "V1": 11, "V5": 15, "": 0}
ATC_BLOCKS = {"I": b"ecg ", "II": b"ecg2", "III": b"ecg3"}


def text(name, lines, encoding="utf-8", end="\n"):
    return {name: "".join(line + end for line in lines).encode(encoding)}


def npy(name, kind, values, shape=None):
    code = {"f4": "f", "f8": "d", "i2": "h"}[kind]
    return {name: make_npy("<" + kind, shape or (len(values),),
                           struct.pack(f"<{len(values)}{code}", *values))}


def edf(name, rate, signals, kind="", records=None, odd=None, torn=0):
    """`signals` are pairs of a label and unit, both bytes, with millivolts. A record is a second.
    `odd` replaces the physical minimum of the first signal, and the last record lacks `torn`
    bytes."""
    per_unit = {b"V": 1e-3, b"mV": 1, b"": 1}
    count = len(signals[0][1]) // rate

    def fields(width, values):
        return b"".join((v if isinstance(v, bytes) else str(v).encode()).ljust(width)
                        for v in values)

    each = lambda value: [value] * len(signals)
    most = [5 * per_unit.get(unit, 1000) for (_, unit), _ in signals]
    least = [-value for value in most]
    if odd is not None:
        least[0] = odd
    data = (fields(8, ["0"]) + fields(80, ["", ""]) + b"01.02.2012.34.56"
            + fields(8, [256 * (1 + len(signals))]) + fields(44, [kind])
            + fields(8, [count if records is None else records, 1]) + fields(4, [len(signals)])
            + fields(16, [label for (label, _), _ in signals]) + fields(80, each(""))
            + fields(8, [unit for (_, unit), _ in signals]) + fields(8, least) + fields(8, most)
            + fields(8, each(-32768)) + fields(8, each(32767)) + fields(80, each(""))
            + fields(8, each(rate)) + fields(32, each("")))
    for record in range(count):
        for _, values in signals:
            stored = [round(v * 32767.5 / 5 - 0.5)
                      for v in values[record * rate:(record + 1) * rate]]
            data += struct.pack(f"<{rate}h", *stored)
    return {name: data[:len(data) - torn]}


def wfdb(name, rate, lines, stored, signals="", offset=0):
    """A record of format 16; `lines` have what follows the format of each signal, `stored` the
    numbers of each."""
    signals = signals or f"{name}.dat"
    frames = [value for frame in zip(*stored) for value in frame]
    place = f"+{offset}" if offset else ""
    header = [f"{name} {len(stored)} {rate} {len(stored[0])}"]
    header += [f"{signals} 16{place} {line}" for line in lines]
    return {**text(f"{name}.hea", header),
            signals: b"\0" * offset + struct.pack(f"<{len(frames)}h", *frames)}


def crc_ccitt(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def ishne(name, rate, signals, counts_all=False, damaged=False, torn=0):
    """`signals` are pairs of a lead and millivolts, stored in units of 2500 nV."""
    notes = b"made for a test"
    count = len(signals[0][1]) * (len(signals) if counts_all else 1)
    twelve = lambda values, rest: struct.pack("<12h", *values, *[rest] * (12 - len(values)))
    header = (struct.pack("<iiiih", len(notes), count, 522, 522 + len(notes), 1)
              + bytes(40 + 40 + 20) + struct.pack("<2h12h", 0, 0, *[0] * 12)
              + struct.pack("<h", len(signals))
              + twelve([ISHNE_CODES[lead] for lead, _ in signals], -9)
              + twelve([0] * len(signals), -9) + twelve([2500] * len(signals), -9)
              + struct.pack("<h", 0) + b"recorder".ljust(40, b"\0") + struct.pack("<h", rate)
              + bytes(80 + 80 + 88) + notes)
    assert len(header) == 522 - 10 + len(notes)
    frames = [round(value * 400) for frame in zip(*(values for _, values in signals))
              for value in frame]
    data = (b"ISHNE1.0" + struct.pack("<H", crc_ccitt(header) ^ damaged) + header
            + struct.pack(f"<{len(frames)}h", *frames))
    return {name: data[:len(data) - torn]}


def atc(name, signals, damaged=False, torn=0, other=b"ann "):
    """`signals` are pairs of a lead and millivolts, at 300 Hz in units of 500 nV."""

    def block(kind, content):
        whole = kind + struct.pack("<I", len(content)) + content
        return whole + struct.pack("<I", sum(whole) + damaged)

    data = b"ALIVE\0\0\0" + struct.pack("<I", 4) + block(b"info", bytes(264))
    data += block(b"fmt ", struct.pack("<BHHBH", 1, 300, 500, 0, 0))
    for lead, values in signals:
        data += block(ATC_BLOCKS[lead],
                      struct.pack(f"<{len(values)}h", *(round(v * 2000) for v in values)))
    data += block(other, struct.pack("<I", 300))
    return {name: data[:len(data) - torn]}


def apple(name, values, lines=(), point=".", rate="Sample Rate,512 hertz", unit="Unit,\u00b5V"):
    """The ECG of a watch, as Apple's Health exports it."""
    return text(name, [*(lines or ("Name,Jo Doe", "Date of Birth,\"Jan 1, 1980\"",
                                   "Recorded Date,2024-05-31 12:34:56 +0200",
                                   "Classification,Sinus Rhythm", "Symptoms,",
                                   "Software Version,1.90", "Device,\"Watch6,2\"")),
                       rate, "", "", "Lead,Lead I", unit, "",
                       *(f"{1000 * v:.3f}".replace(".", point) for v in values)])
