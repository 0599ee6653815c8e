"""Looks at the page of tools/web in Chromium:
python3 check_web.py WEB EXPECTED FOLDER
WEB is the folder to serve, EXPECTED what frieze-ecg scan finds in the shipped recording,
FOLDER that of make_csv.py."""
import json
import os
import sys

from browser import DESK, PHONE, Browser, serve
from colours import get_contrast, get_luminance
from png import read_rows

STATE = "document.body.dataset.state"
# The beats as they are listed, newest first.
LISTED = ("[...document.querySelectorAll('#rows tr')]"
          ".map(row => [row.dataset.sample, row.dataset.score])")
ALL_AT_ONCE = "document.getElementById('speed').value = 'Infinity'"
TEXT = "document.getElementById({}).textContent"


def read_beats(path):
    with open(path) as file:
        rows = [line.split(",") for line in file.read().splitlines()[1:]]
    return [[row[1], row[3]] for row in rows]


def check_beats(browser, address, expected):
    """The list has every beat and nothing else, once all is scored."""
    browser.show(address, DESK)
    browser.wait_for(f"{STATE} == 'playing'")
    # As on a strip, beats come with their time.
    browser.wait_for("document.querySelectorAll('#rows tr').length >= 2")
    listed = browser.evaluate(LISTED)[::-1]
    assert listed == expected[:len(listed)] and len(listed) < 20, listed
    browser.evaluate(ALL_AT_ONCE)
    browser.wait_for(f"{STATE} == 'done'")
    assert browser.evaluate(LISTED)[::-1] == expected
    summary = browser.evaluate(TEXT.format("'summary'"))
    assert summary.startswith(f"5:00.00 of 5:00.00 at 360 Hz, {len(expected)} beats"), summary
    assert browser.evaluate(TEXT.format("'problem'")) == ""


def find_canvas(browser, canvas):
    """Left, top, width and height inside its border, in pixels of a screenshot."""
    return browser.evaluate(
        f"(() => {{ const c = document.getElementById('{canvas}'), r = c.getBoundingClientRect();"
        "return [r.left + c.clientLeft, r.top + c.clientTop, c.clientWidth, c.clientHeight] })()")


def count_colours(rows, box, colours):
    """Of each colour, in how many columns of a box it is."""
    left, top, width, height = (round(number) for number in box)
    return {name: sum(any(is_colour(rows[y][x]) for y in range(top, top + height))
                      for x in range(left, left + width))
            for name, is_colour in colours.items()}


def check_pixels(browser, address, expected):
    """The trace and the score are lines along the strip, and a mark is above each beat."""
    browser.show(address, DESK)
    browser.wait_for(f"{STATE} == 'playing'")
    browser.evaluate(ALL_AT_ONCE)
    browser.wait_for(f"{STATE} == 'done'")
    browser.screenshot("strip.png")
    rows = list(read_rows("strip.png"))
    trace, score = find_canvas(browser, "trace"), find_canvas(browser, "score")
    dark = lambda pixel: max(pixel) < 110
    red = lambda pixel: pixel[0] > 150 and max(pixel[1:]) < 90
    blue = lambda pixel: pixel[2] > pixel[0] + 60
    inside = (trace[0], trace[1] + 12, trace[2], trace[3] - 40)
    columns = count_colours(rows, inside, {"trace": dark})["trace"]
    # Beats are drawn over it.
    assert columns > .9 * trace[2], columns
    assert count_colours(rows, score, {"score": blue})["score"] > .95 * score[2]
    # The view ends with the recording; 120 pixels are a second.
    seen = [trace[0] + trace[2] - (300 - int(sample) / 360) * 120 for sample, _ in expected]
    seen = [x for x in seen if trace[0] + 8 < x < trace[0] + trace[2] - 8]
    mark = rows[round(trace[1]) + 4]
    assert len(seen) > 10
    for x in seen:
        assert all(red(mark[round(x) + shift]) for shift in (-2, 0, 2)), x
    marked = sum(red(b) and not red(a) for a, b in zip(mark, mark[1:]))
    assert len(seen) <= marked <= len(seen) + 2, (marked, len(seen))


def check_phone(browser, address):
    """Nothing is wider than a phone, in both colour schemes; text has its contrast."""
    for scheme in "light", "dark":
        browser.show(address, PHONE, scheme)
        browser.wait_for("document.querySelectorAll('#rows tr').length >= 1")
        wide = browser.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && "
            "!e.closest('#list') && e.getBoundingClientRect().right > 360).map(e => e.tagName)")
        assert wide == [], wide
        assert browser.evaluate("document.documentElement.scrollWidth") == 360
        assert browser.evaluate("document.getElementById('list').scrollWidth <= "
                                "document.getElementById('list').clientWidth")
        colours = browser.evaluate(
            "(() => { const s = getComputedStyle(document.body); return ['page', 'text', 'faint', "
            "'accent', 'beat', 'on-accent'].map(n => s.getPropertyValue('--' + n)) })()")
        page, *texts, on_accent = colours
        contrasts = [get_contrast(page, text) for text in texts]
        contrasts.append(get_contrast(texts[2], on_accent))
        # WCAG 2, level AA.
        assert min(contrasts) >= 4.5, (scheme, contrasts)
        assert (get_luminance(page) < .5) == (scheme == "dark")


def check_files(browser, address, folder, expected):
    """A recording is opened by choice and by drop; what it leaves open is asked for."""
    browser.show(address, DESK)
    browser.wait_for(f"{STATE} == 'playing'")
    browser.evaluate(ALL_AT_ONCE)
    # One that is refused leaves the one before.
    browser.set_files("#files", [os.path.join(folder, "slow.csv")])
    browser.wait_for(TEXT.format("'problem'") + " != ''")
    problem = browser.evaluate(TEXT.format("'problem'"))
    assert problem.startswith("slow.csv: expects 360 Hz"), problem
    browser.set_files("#files", [os.path.join(folder, "plain.csv")])
    browser.wait_for("document.getElementById('question').open")
    hidden = browser.evaluate("['lead', 'rate', 'unit']"
                              ".map(name => document.getElementById('ask-' + name).hidden)")
    assert hidden == [True, False, False], hidden
    # Nothing is chosen before, and nothing is taken for an answer.
    browser.evaluate("document.querySelector('dialog button').click()")
    assert browser.evaluate("document.getElementById('question').open")
    browser.evaluate("document.querySelector('[name=rate]').value = '360';"
                     "document.querySelector('[name=unit]').value = 'mV';"
                     "document.querySelector('dialog button').click()")
    browser.wait_for(f"{STATE} == 'done' && {TEXT.format(repr('title'))} == 'plain'")
    assert browser.evaluate(LISTED)[::-1] == expected
    # Dropped, as files of a page are.
    browser.show(address, DESK)
    browser.wait_for(f"{STATE} == 'playing'")
    browser.evaluate(ALL_AT_ONCE)
    with open(os.path.join(folder, "short.csv")) as file:
        text = json.dumps(file.read())
    browser.evaluate("const t = new DataTransfer();"
                     f"t.items.add(new File([{text}], 'short.csv'));"
                     "document.body.dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: "
                     "true, dataTransfer: t}))")
    browser.wait_for(f"{STATE} == 'done' && {TEXT.format(repr('title'))} == 'short, lead II_mV'")
    assert 0 < len(browser.evaluate(LISTED)) < 3


def main():
    web, expected, folder = sys.argv[1:]
    expected = read_beats(expected)
    assert len(expected) == 500
    os.chdir(folder)
    address = serve(web)
    with Browser("profile") as browser:
        check_beats(browser, address, expected)
        check_pixels(browser, address, expected)
        check_phone(browser, address)
        check_files(browser, address, folder, expected)


main()
