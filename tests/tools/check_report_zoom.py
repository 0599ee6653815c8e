"""Looks for R waves in pages of frieze-ecg, at every zoom, and measures the pages:
python3 check_report_zoom.py FRIEZE-ECG FRIEZE-COMPILE SOURCE FOLDER"""
import os
import subprocess
import sys

from browser import SCREENS, Browser
from png import read_rows
from recordings import (BLOCK, GAIN, ZERO, make_samples, write_model, write_record,
                        write_samples)
from report_page import READY

RATE = 360
# What a day may take: seconds to open, milliseconds to draw, and megabytes of the tool.
MOST_OPENING, MOST_DRAWING, MOST_MEGABYTES = 3, 50, 100
PIXELS_PER_MM = 96 / 25.4
# What the page of a day does not hold.
SCORE = "Score, the highest of each 4"

# The plot of the trace: left, top, width and height in pixels, and millivolts of its lower and
# its upper edge.
LANE = """(() => {
  const lane = document.querySelector('.lane'), box = lane.getBoundingClientRect();
  return [box.left + scrollX, box.top + scrollY, document.getElementById('curves').clientWidth -
          lane.offsetLeft, box.height, Number(lane.dataset.least), Number(lane.dataset.most)];
})()"""
# A turn of the wheel, and the milliseconds until what it changes is drawn.
ZOOM = """new Promise(done => {
  let begin;
  requestAnimationFrame(() => { begin = performance.now(); });
  document.getElementById('strip').dispatchEvent(new WheelEvent('wheel',
      { deltaY: %d, clientX: 200, clientY: 400, cancelable: true, bubbles: true }));
  requestAnimationFrame(() => {
    for (const canvas of document.querySelectorAll('canvas'))
      canvas.getContext('2d').getImageData(0, 0, 1, 1);
    done(performance.now() - begin);
  });
})"""


def scan(tool, *arguments):
    """Runs frieze-ecg, and returns the megabytes that it took."""
    process = subprocess.Popen([tool, "scan", "--model", "model.so", *arguments],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, arguments
    return usage.ru_maxrss * 1024 / 1e6


def open_page(browser, path, screen):
    """Opens a page as the first one, and returns the seconds that its thread and that a watch
    count."""
    browser.show(f"file://{os.path.abspath(path)}", SCREENS[screen])
    browser.wait_for(READY)
    return browser.get_thread_time(), browser.evaluate("performance.now()") / 1000


def show(browser, begin, end):
    """Has the address name a part, and waits until it is drawn and on the screen."""
    browser.evaluate(f"""new Promise(done => {{
      const wait = () => requestAnimationFrame(() => requestAnimationFrame(done));
      const hash = '#t={begin:.6f},{end:.6f}';
      if (location.hash === hash)
        return wait();
      addEventListener('hashchange', wait, {{ once: true }});
      location.hash = hash;
    }})""")


def find_curve(browser, time, begin, end, density):
    """The highest and the lowest millivolts that are drawn of the trace at a time."""
    lane = None
    # A longer status, in two lines on a phone, moves the plot.
    while lane != (lane := browser.evaluate(LANE)):
        left, top, width, height, least, most = lane
        x = left + (time - begin) / (end - begin) * width
        browser.screenshot("curve.png", [round(x) - 1, top, 3, height])
    # The middle of the three, and what is left and right of it in half a pixel. The numbers
    # between the beats are lighter.
    dark = [row for row, pixels in enumerate(read_rows("curve.png"))
            if any(max(pixel) < 80 for pixel in pixels)]
    assert dark, (time, begin, end)
    scale = (most - least) / (height * density)
    # The pen is 1.4 pixels wide.
    half = .7 * density * scale
    return most - dark[0] * scale - half, most - (dark[-1] + 1) * scale + half, scale * density


def check_curve(browser, samples, time, begin, end, density):
    """The trace reaches as high and as low as the samples around a time, and no further."""
    pixel = (end - begin) / browser.evaluate(LANE)[2]
    get = lambda reach: [(units - ZERO) / GAIN for units in
                         samples[max(0, round((time - reach) * RATE)):round((time + reach) * RATE) + 1]]
    highest, lowest, tolerance = find_curve(browser, time, begin, end, density)
    inner, outer = get(pixel / 2), get(3 * pixel + 1.5 / RATE)
    assert max(inner) - 2 * tolerance <= highest <= max(outer) + 2 * tolerance, (
        time, begin, end, max(inner), highest, max(outer), tolerance)
    assert min(outer) - 2 * tolerance <= lowest <= min(inner) + 2 * tolerance, (
        time, begin, end, min(outer), lowest, min(inner), tolerance)
    return highest


def check_peak(browser, samples, screen):
    """A peak of one sample keeps its height at every zoom, and other places have theirs."""
    at = samples.index(2000)
    peak, duration, span = at / RATE, len(samples) / RATE, len(samples) / RATE
    count = 0
    while span > .3:
        # Away from the middle.
        begin = min(max(0, peak - .37 * span), duration - span)
        show(browser, begin, begin + span)
        density = SCREENS[screen]["deviceScaleFactor"]
        found = check_curve(browser, samples, peak, begin, begin + span, density)
        assert abs(found - (2000 - ZERO) / GAIN) < .15, (span, found)
        for part in .15, .77:
            check_curve(browser, samples, begin + part * span, begin, begin + span, density)
        span /= 4
        count += 1
    return count


def check_paper(browser, samples, screen):
    """10 mm are a millivolt, and 25 mm a second."""
    peak = samples.index(2000) / RATE
    show(browser, peak - 2, peak + 2)
    browser.evaluate("document.getElementById('paper').click()")
    width = browser.evaluate(LANE)[2]
    span = width / PIXELS_PER_MM / 25
    show(browser, peak - span / 3, peak - span / 3 + span)
    *_, height, least, most = browser.evaluate(LANE)
    assert abs(height / (most - least) - 10 * PIXELS_PER_MM) < .01, (height, least, most)
    density = SCREENS[screen]["deviceScaleFactor"]
    check_curve(browser, samples, peak, peak - span / 3, peak - span / 3 + span, density)
    status = browser.evaluate("document.getElementById('status').textContent")
    assert " · 25 mm/s, 10 mm/mV" in status, status
    browser.evaluate("document.getElementById('paper').click()")


def measure_zoom(browser):
    """Milliseconds of the page's thread for the slowest of all zooms, and the watch's: the least
    of three rounds, as other work of the browser falls into one or another."""
    slowest, watch = [], []
    for _ in range(3):
        browser.evaluate("document.getElementById('all').click()")
        for number, turn in enumerate([-400] * 12 + [400] * 12):
            begin = browser.get_thread_time()
            milliseconds = browser.evaluate(ZOOM % turn)
            thread = 1000 * (browser.get_thread_time() - begin)
            if number == len(slowest):
                slowest.append(thread)
                watch.append(milliseconds)
            slowest[number] = min(slowest[number], thread)
            watch[number] = min(watch[number], milliseconds)
    return max(slowest), max(watch)


def check_page(browser, name, screen, samples):
    """Looks at the page of a recording, and returns what it took."""
    opening, watch = open_page(browser, f"{name}.html", screen)
    note, score = browser.evaluate("[document.getElementById('note').textContent, "
                                   "document.querySelectorAll('.lane')[1].textContent]")
    assert note == "" and score == (SCORE if name == "day" else "Score"), (note, score)
    count = check_peak(browser, samples, screen)
    check_paper(browser, samples, screen)
    drawing, frame = measure_zoom(browser)
    assert opening < MOST_OPENING and drawing < MOST_DRAWING, (opening, drawing)
    return (f"opens in {opening:.2f} s of its thread and {watch:.2f} s in all, draws {count} zooms "
            f"in at most {drawing:.0f} ms ({frame:.0f} ms in all)")


def check_recordings(tool, source):
    for name, blocks in ("minutes", 1), ("hours", 24), ("day", 288):
        # Higher than anything else, in a part that is not the middle.
        peaks = {int(.61 * blocks * BLOCK) + 11: 2000}
        write_record(name, source, blocks, peaks)
        megabytes = scan(tool, "--hop=4", name, "-o", f"{name}.csv", "--report", f"{name}.html")
        print(f"{name}: {os.path.getsize(name + '.html') / 1e6:.1f} MB, written in "
              f"{megabytes:.0f} MB of memory")
        assert megabytes < MOST_MEGABYTES
        samples = make_samples(source, blocks, peaks)
        for screen in SCREENS:
            with Browser(f"profile-{name}-{screen}") as browser:
                print(f"{name}, {screen}:", check_page(browser, name, screen, samples))
        del samples
        os.remove(f"{name}.dat")
        os.remove(f"{name}.html")


def check_reduced(browser, tool):
    """Of more samples than a page holds, the lowest and the highest of each four: one of 2 mV
    and one of -2 mV before each other, in a line at 0."""
    rate, count = 20000, (1 << 26) + 500000
    data = bytearray(count)
    # R waves, as a recording has them.
    data[5000:count:rate] = b"\1" * len(range(5000, count, rate))
    at = count // 3 | 1
    data[at], data[at + 3] = 2, 254
    write_samples("fine.npy", count, data, "|i1")
    scan(tool, f"--rate={rate}", "--unit=mV", "fine.npy", "-o", "fine.csv", "--report", "fine.html")
    open_page(browser, "fine.html", "desk")
    note = browser.evaluate("document.getElementById('note').textContent")
    assert note.startswith("Reduced: ") and "each 4 samples" in note, note
    for span in count / rate, 30, .3:
        begin = at / rate - .4 * span
        if span > 60:
            begin = 0
        show(browser, begin, begin + span)
        highest, _, tolerance = find_curve(browser, at / rate, begin, begin + span, 1)
        assert abs(highest - 2) < 2 * tolerance, (span, highest)
        _, lowest, tolerance = find_curve(browser, (at + 3) / rate, begin, begin + span, 1)
        assert abs(lowest + 2) < 2 * tolerance, (span, lowest)
    os.remove("fine.npy")
    os.remove("fine.html")


def main():
    tool, compiler, source, folder = sys.argv[1:]
    os.chdir(folder)
    write_model(compiler)
    check_recordings(tool, source)
    with Browser("profile") as browser:
        check_reduced(browser, tool)


main()
