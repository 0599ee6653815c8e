"""Looks at pages of frieze-ecg in Chromium:
python3 check_report.py FRIEZE-ECG FRIEZE-COMPILE SOURCE FOLDER"""
import array
import base64
import json
import os
import re
import struct
import subprocess
import sys

from browser import SCREENS, Browser
from colours import get_contrast, get_luminance
from png import read_rows
from recordings import BLOCK, GAIN, ZERO, read_block, write_model, write_samples
from report_page import TEXT, Page, is_near

RATE = 360
PIXELS_PER_MM = 96 / 25.4


def count_beats(page):
    """The elements of beats once the view rests, and how many there are in all."""
    page.settle()
    elements, beats = page.browser.evaluate(
        "[document.querySelectorAll('[class=beat]').length, document.body.dataset.beats]")
    return elements, int(beats)


def read_beats(path):
    with open(path) as file:
        return [int(line.split(",")[1]) for line in file.read().splitlines()[1:]]


def check_elements(browser, tool, source):
    """The recording that ships: every beat is an element of a page that needs nothing else."""
    subprocess.run([tool, "scan", "--model", os.path.join(source, "tools/ecg/ecg.keras"), "--hop=4",
                    os.path.join(source, "tools/ecg/208"), "-o", "beats.csv", "--report", "208.html"],
                   check=True, stdout=subprocess.DEVNULL)
    with open("208.html", encoding="utf-8") as file:
        # The name of SVG is no address.
        text = file.read().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(src|href)=|https?:|\n *(import|export) ", text), "it needs others"
    page = Page(browser, "208.html", "desk")
    beats = read_beats("beats.csv")
    assert count_beats(page) == (len(beats), len(beats)), count_beats(page)
    assert browser.evaluate("[...document.querySelectorAll('[data-sample]')]"
                            ".map(beat => Number(beat.dataset.sample))") == beats
    assert "208, lead MLII" in page.get("title"), page.get("title")
    assert "5:00.00 at 360 Hz" in page.get("summary"), page.get("summary")
    assert page.get("note") == "", page.get("note")


def check_long(browser, tool):
    """More beats than elements, and a gap: a pulse of 31 samples every 100."""
    pulses = 22000
    period = struct.pack("<100f", *[1 if 40 <= i <= 70 else 0 for i in range(100)])
    write_samples("<script>.npy", pulses * 100,
                  period * (pulses - 10) + struct.pack("<f", float("nan")) * 1000)
    subprocess.run([tool, "scan", "--model", "model.so", "--place=score", "--rate=360", "--unit=mV",
                    "<script>.npy", "-o", "long.csv", "--report", "long.html"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Within a window of the gap there are no beats.
    beats = pulses - 10 - 2
    page = Page(browser, "long.html#t=0,6000", "desk")
    assert count_beats(page) == (0, beats), count_beats(page)
    assert "zoom in" in page.get("status"), page.get("status")
    assert "1 gap" in page.get("summary"), page.get("summary")
    title = browser.evaluate("document.querySelector('h1').outerHTML")
    assert title == "<h1 id=\"title\">&lt;script&gt;</h1>", title
    page = Page(browser, "long.html#t=100,200", "desk")
    assert count_beats(page) == (360, beats), count_beats(page)


def check_keys(browser, beats):
    page = Page(browser, "208.html", "desk")
    assert page.get("status").startswith("0:00.00 to 0:10.00 · "), page.get("status")
    for key, begin, end in (("ArrowRight", 2.5, 12.5), ("PageDown", 12.5, 22.5),
                            ("ArrowLeft", 10, 20), ("PageUp", 0, 10), ("End", 290, 300),
                            ("-", 280, 300), ("+", 285, 295), ("Home", 0, 10), ("0", 0, 300),
                            ("1", 145, 155)):
        view = page.press(key)
        assert is_near(view, begin, end), (key, view)
    # The beats behind the middle, one after the other, and back.
    times = [beat / RATE for beat in beats if beat / RATE > 150]
    for key, time in ("n", times[0]), ("n", times[1]), ("p", times[0]):
        view = page.press(key)
        assert is_near(view, time - 5, time + 5), (key, view, time)
    assert f"{int(times[0] // 60)}:{times[0] % 60:06.3f} · MLII " in page.get("under"), page.get("under")
    assert " mV · score " in page.get("under") and " bpm" in page.get("under")
    # There is none in this recording, and the page says so.
    assert page.press("g") == view
    assert page.get("status").startswith("no later gap"), page.get("status")
    # The next key that does something tells what is in view again.
    page.press("Home")
    # Keys with a modifier are the browser's.
    browser.send("Input.dispatchKeyEvent", type="keyDown", key="0", modifiers=2)
    assert is_near(page.get_view(), 0, 10)
    # The focus is seen wherever it is.
    browser.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(20):
        browser.press("Tab")
        name, outline, kind = browser.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            "return [e.id, parseFloat(s.outlineWidth), s.outlineStyle] })()")
        reached.add(name)
        assert not name or outline >= 2 and kind == "solid", (name, outline, kind)
    assert {"page-on", "zoom-in", "beat-on", "callipers", "window", "strip"} <= reached, reached
    unnamed = browser.evaluate("[...document.querySelectorAll('button, [tabindex], [role=img]')].filter("
                               "e => !e.textContent.trim() && !e.ariaLabel).length")
    assert unnamed == 0


def check_address(browser):
    """The address says what is shown; what cannot be shown is told."""
    page = Page(browser, "208.html#t=100.5,101", "desk")
    assert is_near(page.get_view(), 100.5, 101, .001)
    for wrong in "#t=20,10", "#t=400,500", "#t=a,b", "#x":
        browser.evaluate(f"location.hash = '{wrong}'")
        browser.wait_for(TEXT.format("note") + f".endsWith('but got {wrong}')")
    browser.evaluate("location.hash = '#t=7,9'")
    browser.wait_for(TEXT.format("note") + " == ''")
    assert is_near(page.get_view(), 7, 9)
    # A new one is followed, though the page writes the view before into the address meanwhile.
    browser.evaluate("location.hash = '#t=20,30'; history.replaceState(null, '', '#t=7,9')")
    assert is_near(page.get_view(), 20, 30)


def check_damage(browser):
    """A page that has lost some of its samples says so."""
    with open("208.html", encoding="utf-8") as file:
        page = file.read()
    at = page.index('data-block="0">') + 5000
    end = page.index("</script>", at)
    other = page.index('data-series="1"')
    for name, damaged in (("cut", page[:at] + page[end:]),
                          ("lost", page[:page.rindex("<script", 0, other)] +
                           page[page.index("</script>", other) + 9:])):
        with open("damaged.html", "w", encoding="utf-8") as file:
            file.write(damaged)
        browser.send("Page.navigate", url="about:blank")
        browser.show("file://" + os.path.abspath("damaged.html"), SCREENS["desk"])
        browser.wait_for("document.body.dataset.state == 'failed'")
        note = browser.evaluate(TEXT.format("note"))
        assert re.match("block 0 of MLII cannot be read, the page is damaged: " if name == "cut" else
                        r"expects 10800\d numbers of score, but got 0: the page is damaged",
                        note), note


def check_gestures(browser):
    """Wheel, mouse and two fingers keep the place that they are at."""
    page = Page(browser, "208.html#t=100,110", "desk")
    _, left, right = page.find(".lane")
    place, _, _ = page.find("#curves")
    at = 100 + (place[0] - left) / (right - left) * 10
    browser.send("Input.dispatchMouseEvent", type="mouseWheel", x=place[0], y=place[1], deltaX=0,
                 deltaY=-400)
    begin, end = page.get_view()
    assert abs((at - begin) / (end - begin) - (at - 100) / 10) < .002 and 3 < end - begin < 4
    browser.evaluate("location.hash = '#t=100,110'")
    page.settle()
    browser.drag(place, (place[0] - (right - left) / 4, place[1]))
    assert is_near(page.get_view(), 102.5, 112.5, .03), page.get_view()
    # The overview: the window moves, and its edges resize it.
    (x, y), _, _ = page.find("#window")
    _, first, last = page.find("#overview")
    second = (last - first) / 300
    browser.drag((x, y), (x + 60 * second, y))
    assert is_near(page.get_view(), 162.5, 172.5, .3), page.get_view()
    _, _, edge = page.find("#window")
    browser.drag((edge - 1, y), (edge - 1 + 30 * second, y))
    begin, end = page.get_view()
    assert abs(begin - 162.5) < .3 and abs(end - 202.5) < .6, (begin, end)
    # Fingers.
    browser.send("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
    page = Page(browser, "208.html#t=100,110", "phone")
    _, left, right = page.find(".lane")
    (x, y), _, _ = page.find("#curves")
    browser.touch([(x, y)], [(x - 30, y)], [(x - 70, y)])
    moved = 70 / (right - left) * 10
    assert is_near(page.get_view(), 100 + moved, 110 + moved, .05), page.get_view()
    browser.touch([(x - 20, y), (x + 20, y)], [(x - 30, y), (x + 30, y)], [(x - 80, y), (x + 80, y)])
    at = 100 + moved + (x - left) / (right - left) * 10
    begin, end = page.get_view()
    assert abs(end - begin - 2.5) < .02, (begin, end)
    assert abs(begin + (x - left) / (right - left) * 2.5 - at) < .02, (begin, end, at)
    for expected in (0, 300), (150 - 5, 150 + 5):
        for _ in range(2):
            browser.touch([((left + right) / 2, y)])
        assert is_near(page.get_view(), *expected, .1), page.get_view()
    browser.send("Emulation.setTouchEmulationEnabled", enabled=False)


def check_callipers(browser, beats):
    """They stand on two beats at first, and the arrows move them by a sample."""
    page = Page(browser, "208.html#t=100,110", "desk")
    browser.press("c")
    before = max(beat for beat in beats if beat < 105 * RATE)
    behind = min(beat for beat in beats if beat >= 105 * RATE)
    interval = (behind - before) / RATE
    measured = page.get("measured")
    assert measured.startswith(f"Δt {interval * 1000:.0f} ms · {60 / interval:.1f} bpm · ΔmV "), measured
    browser.press("ArrowRight")
    interval -= 1 / RATE
    assert page.get("measured").startswith(f"Δt {interval * 1000:.0f} ms"), page.get("measured")
    # A drag with the shift key measures, too.
    _, left, right = page.find(".lane")
    (_, y), _, _ = page.find("#curves")
    browser.drag((left + 100, y), (left + 100 + (right - left) / 20, y), shift=True)
    browser.wait_for(TEXT.format("measured") + ".startsWith('Δt 500 ms') || " +
                     TEXT.format("measured") + ".startsWith('Δt 503 ms')")
    assert page.browser.evaluate("document.getElementById('callipers').ariaPressed") == "true"
    browser.press("c")
    assert page.browser.evaluate("document.getElementById('measured').hidden")


def check_disagreements(browser, tool, source, beats):
    """A reference with one beat more and one less: both are marked and listed."""
    more, less = 30 * RATE + 5, beats[200]
    while any(abs(beat - more) < .2 * RATE for beat in beats):
        more += 10
    with open("reference.csv", "w") as file:
        file.write("record,sample,time_s\n" + "".join(
            f"208,{beat},{beat / RATE:.4f}\n" for beat in sorted({*beats, more} - {less})))
    subprocess.run([tool, "scan", "--model", os.path.join(source, "tools/ecg/ecg.keras"), "--hop=4",
                    os.path.join(source, "tools/ecg/208"), "-o", "/dev/null", "--compare",
                    "reference.csv", "--report", "compared.html"],
                   check=True, stdout=subprocess.DEVNULL)
    page = Page(browser, "compared.html", "desk")
    assert page.get("summary").endswith(
        f"; 1 of {len(beats)} beats of reference.csv missed, 1 extra"), page.get("summary")
    rows = browser.evaluate("[...document.querySelectorAll('#disagreements li')]"
                            ".map(row => [row.dataset.kind, Number(row.dataset.time)])")
    assert [kind for kind, _ in rows] == ["missed", "extra"], rows
    assert abs(rows[0][1] - more / RATE) < .001 and abs(rows[1][1] - less / RATE) < .001, rows
    # A click goes there, and so does a key.
    browser.evaluate("document.querySelectorAll('#disagreements button')[1].click()")
    assert is_near(page.get_view(), less / RATE - 5, less / RATE + 5)
    assert is_near(page.press("D", shift=True), more / RATE - 5, more / RATE + 5)
    # Orange and hollow where one is missed, purple where one is extra; red is a beat.
    for time, is_mark in ((more / RATE, lambda r, g, b: r > 140 and 30 < g < 110 and b < 60),
                          (less / RATE, lambda r, g, b: 90 < r < 150 and g < 70 and b > 130)):
        browser.evaluate(f"location.hash = '#t={time - 3:.4f},{time + 7:.4f}'")
        page.settle()
        _, left, right = page.find(".lane")
        _, top, _, _ = page.get_box("#curves")
        x = left + .3 * (right - left)
        browser.screenshot("mark.png", [round(x) - 12, round(top), 24, 22])
        marks = sum(is_mark(*pixel) for row in read_rows("mark.png") for pixel in row)
        assert marks >= 12, (time, marks)
        browser.screenshot("mark.png", [round(x) + 40, round(top), 300, 22])
        assert not any(is_mark(*pixel) for row in read_rows("mark.png") for pixel in row), time


def check_classes(browser, tool, source, beats):
    """Beats have the letters of their classes; those of unusual ones stand out and are listed.
    The classifier only looks at the height of the R wave."""
    heights = [units - ZERO for units in read_block(source)]
    limit = sorted(heights[beat] for beat in beats[1:-1])[-20] - 1
    with open("classes.json", "w", encoding="utf-8") as file:
        kernel = [[0.0, 0.0, 0.0] for _ in range(72)]
        kernel[36] = [0.0, 40.0, 0.0]
        json.dump({"format": "frieze-model", "version": 1, "input": {"name": "x", "shape": [72]},
                   "layers": [{"type": "dense", "name": "fc", "units": 3, "kernel": kernel,
                               "bias": [0.0, -40.0 * (limit + .5) / GAIN, -50.0]},
                              {"type": "softmax", "name": "class"}]}, file)
    given = beats[1:-1]
    with open("given.csv", "w", encoding="utf-8") as file:
        file.write("record,sample,time_s\n" + "".join(
            f"208,{beat},{beat / RATE:.4f}\n" for beat in given))
    subprocess.run([tool, "classify", "--model=classes.json", "--beats=given.csv", "--rate=360",
                    "--before=0.1", "--after=0.1", "--classes=N,V,<b>",
                    os.path.join(source, "tools/ecg/208"), "-o", "classes.csv", "--report",
                    "classes.html"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    with open("classes.csv", encoding="utf-8") as file:
        labels = [line.split(",")[3] for line in file.read().splitlines()[1:]]
    tall = [beat for beat, label in zip(given, labels) if label == "V"]
    assert 10 < len(tall) < 30, tall
    page = Page(browser, "classes.html", "desk")
    page.settle()
    assert (f"classes N {len(given) - len(tall)} V {len(tall)} <b> 0;"
            in page.get("summary")), page.get("summary")
    names = browser.evaluate("[...document.querySelectorAll('.lane')].map(lane => lane.textContent)")
    assert names == ["MLII, mV", "Heart rate, bpm; RR, ms"], names
    rows = browser.evaluate("[...document.querySelectorAll('#others li')].map(row => "
                            "[Number(row.dataset.time), row.textContent])")
    assert [round(time * RATE) for time, _ in rows] == tall, rows
    assert all(" V, score " in text for _, text in rows), rows
    assert browser.evaluate("[...document.querySelectorAll('[data-sample]')]"
                            ".map(beat => beat.dataset.class)") == labels
    # Keys go from one to the next, and the pointer tells the class.
    browser.evaluate("location.hash = '#t=0,10'")
    page.settle()
    for beat in tall[:3]:
        first, last = page.press("o")
        assert first <= beat / RATE <= last, (beat, first, last)
        assert " · V " in page.get("under"), page.get("under")
    assert is_near(page.press("O", shift=True), tall[1] / RATE - 5, tall[1] / RATE + 5)

    def count_purple(time, span):
        browser.evaluate(f"location.hash = '#t={time - .3 * span:.4f},{time + .7 * span:.4f}'")
        page.settle()
        _, left, right = page.find(".lane")
        _, top, _, _ = page.get_box("#curves")
        browser.screenshot("mark.png", [round(left + .3 * (right - left)) - 8, round(top), 16, 18])
        return sum(90 < r < 160 and g < 110 and b > 120
                   for row in read_rows("mark.png") for r, g, b in row)

    # A letter from near, a mark from far, and neither at other beats.
    usual = next(beat for beat, after in zip(given[5:], given[6:])
                 if beat not in tall and after not in tall)
    for span in 10, 200:
        assert count_purple(tall[4] / RATE, span) >= 8, span
    assert not count_purple(usual / RATE, 10)
    # Letters are on paper, too.
    browser.evaluate(f"location.hash = '#t={tall[4] / RATE - 2:.4f},{tall[4] / RATE + 2:.4f}'")
    page.settle()
    browser.send("Emulation.setEmulatedMedia", media="print")
    browser.wait_for("document.querySelector('.paper-class') !== null")
    letters = browser.evaluate("[...document.querySelectorAll('.paper-class')]"
                               ".map(letter => letter.textContent)")
    browser.send("Emulation.setEmulatedMedia", media="")
    assert "V" in letters and set(letters) <= {"N", "V"}, letters


def check_leads(browser, tool, source):
    """All ECGs of a recording are traces, which begin at a time of day; one that cannot be read
    is left out, and page and tool say so."""
    block = [units - ZERO for units in read_block(source)]
    columns = [block, [-units for units in block], block]
    with open("leads.dat", "wb") as file:
        file.write(array.array("h", (units for frame in zip(*columns) for units in frame)).tobytes())
    with open("leads.hea", "w") as file:
        file.write(f"leads 4 360 {BLOCK} 23:59:55 31/12/2019\n" + "".join(
            f"leads.dat 16 {GAIN} 16 0 0 {checksum} 0 {name}\n" for name, checksum in
            (("II", sum(block) & 65535), ("V1", -sum(block) & 65535), ("V5", 1))))
        file.write("leads.rsp 16 1/l 16 0 0 0 0 Resp\n")
    with open("leads.rsp", "wb") as file:
        file.write(bytes(2 * BLOCK))
    run = subprocess.run([tool, "scan", "--model", "model.so", "leads", "-o", "/dev/null", "--report",
                          "leads.html"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    reason = re.search("leads: warning: lead 'V5' is not in the page: (.*)", run.stderr.decode())[1]
    assert "checksum" in reason, reason
    page = Page(browser, "leads.html#t=4,14", "desk")
    assert page.get("note") == f"Lead V5 is not shown: {reason}.", page.get("note")
    names = browser.evaluate("[...document.querySelectorAll('.lane')].map(lane => lane.textContent)")
    assert names == ["II, mV", "V1, mV", "Score", "Heart rate, bpm; RR, ms"], names
    assert "began 2019-12-31 23:59:55" in page.get("summary"), page.get("summary")
    page.press("ArrowRight")
    assert "(from 2020-01-01 00:00:01)" in page.get("status"), page.get("status")
    page.press("n")
    values = re.search(r"II (\S+) mV · V1 (\S+) mV", page.get("under").replace("−", "-"))
    assert float(values[1]) == -float(values[2]) != 0, page.get("under")
    # V1 is the other way up: its lowest pixel is where the highest of II is.
    extents = []
    for lane in 1, 2:
        box = page.get_box(f".lane:nth-child({lane})")
        browser.screenshot("lane.png", box)
        dark = [row for row, pixels in enumerate(read_rows("lane.png"))
                if any(max(pixel) < 110 for pixel in pixels)]
        extents.append((dark[0] / box[3], 1 - (dark[-1] + 1) / box[3]))
    assert abs(extents[0][0] - extents[1][1]) < .02 and abs(extents[0][1] - extents[1][0]) < .02, extents


def check_schemes(browser):
    """Light and dark, text has its contrast; nothing is wider than a phone."""
    for scheme in "light", "dark":
        page = Page(browser, "compared.html", "phone", scheme)
        assert browser.evaluate("document.documentElement.scrollWidth") == 390
        colours = browser.evaluate(
            "(() => { const s = getComputedStyle(document.body); return ['page', 'card', 'text', "
            "'faint', 'accent', 'note', 'trace', 'score', 'rate', 'beat', 'missed', 'extra', "
            "'other', 'on-accent'].map(n => s.getPropertyValue('--' + n)) })()")
        ground, card, *texts, on_accent = colours
        # WCAG 2, level AA.
        contrasts = [get_contrast(under, text) for under in (ground, card) for text in texts]
        assert min(contrasts + [get_contrast(texts[2], on_accent)]) >= 4.5, (scheme, contrasts)
        assert (get_luminance(ground) < .5) == (scheme == "dark")
        # What is drawn has the colours, too.
        (x, y), left, _ = page.find(".lane")
        browser.screenshot("lane.png", [left, y - 40, 200, 80])
        pixels = [pixel for row in read_rows("lane.png") for pixel in row]
        light = sum(min(pixel) > 200 for pixel in pixels) / len(pixels)
        assert light > .5 if scheme == "light" else .002 < light < .3, (scheme, light)


def check_paper(browser):
    """On paper, squares are of 1 and 5 mm, 25 mm are a second, and colours are light."""
    density = 4
    page = Page(browser, "208.html#t=100,120", "desk", "dark")
    browser.send("Emulation.setDeviceMetricsOverride", width=794, height=1123,
                 deviceScaleFactor=density, mobile=False)
    browser.send("Emulation.setEmulatedMedia", media="print",
                 features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.wait_for("document.querySelectorAll('#on-paper svg').length == 3")
    assert "1:40.00 to 2:00.00; 25 mm/s, 10 mm/mV" in page.get("on-paper"), page.get("on-paper")
    shown = browser.evaluate("['nav', '#strip', '#overview', '#lists'].map("
                              "s => document.querySelector(s).checkVisibility())")
    assert not any(shown)
    left, top, width, height = page.get_box("#on-paper svg")
    assert abs(width - 175 * PIXELS_PER_MM) < .1, width
    assert abs(height / PIXELS_PER_MM / 5 - round(height / PIXELS_PER_MM / 5)) < .01, height
    # A row of pixels between two horizontal lines, below the marks of beats: lines where
    # they belong, and between them paper.
    browser.screenshot("paper.png", [left, top, 60 * PIXELS_PER_MM, 4 * PIXELS_PER_MM])
    rows = list(read_rows("paper.png"))
    row = rows[round(2.5 * PIXELS_PER_MM * density)]
    depth = lambda mm: min(row[round(mm * PIXELS_PER_MM * density) + shift][1]
                           for shift in (-1, 0, 1) if mm or shift >= 0)
    for millimetre in range(1, 60):
        assert depth(millimetre) < (200 if millimetre % 5 == 0 else 245), millimetre
        assert depth(millimetre - .5) > 250, millimetre
    # The real printer is told of the same rows.
    browser.evaluate("document.getElementById('on-paper').replaceChildren()")
    browser.send("Emulation.setEmulatedMedia", media="")
    document = base64.b64decode(browser.send("Page.printToPDF")["data"])
    assert document.startswith(b"%PDF") and "25 mm/s" in page.get("on-paper")


def main():
    tool, compiler, source, folder = sys.argv[1:]
    os.chdir(folder)
    write_model(compiler)
    with Browser("profile") as browser:
        check_elements(browser, tool, source)
        check_long(browser, tool)
        beats = read_beats("beats.csv")
        check_keys(browser, beats)
        check_address(browser)
        check_damage(browser)
        check_gestures(browser)
        check_callipers(browser, beats)
        check_disagreements(browser, tool, source, beats)
        check_classes(browser, tool, source, beats)
        check_leads(browser, tool, source)
        check_schemes(browser)
        check_paper(browser)


main()
