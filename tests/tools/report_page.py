"""A page of frieze-ecg in Chromium."""
import os
import re

from browser import SCREENS

READY = "document.body.dataset.state == 'ready'"
TEXT = "document.getElementById('{}').textContent"


class Page:
    """A page of frieze-ecg, and the times that it shows."""

    def __init__(self, browser, address, screen, scheme="light"):
        self.browser = browser
        # Else the same page with another address would not be read again.
        browser.send("Page.navigate", url="about:blank")
        browser.show("file://" + os.path.abspath(address), SCREENS[screen], scheme)
        browser.wait_for(READY)
        browser.evaluate("new Promise(done => requestAnimationFrame(() => "
                         "requestAnimationFrame(done)))")

    def get(self, name):
        return self.browser.evaluate(TEXT.format(name))

    def settle(self):
        """Waits until the address tells what is in view."""
        self.browser.evaluate("new Promise(done => setTimeout(() => requestAnimationFrame(() => "
                              "requestAnimationFrame(done)), 300))")

    def get_view(self):
        """The seconds in the address, which are those of the status."""
        self.settle()
        hash = self.browser.evaluate("location.hash")
        begin, end = map(float, re.fullmatch(r"#t=([\d.]+),([\d.]+)", hash).groups())
        told = re.search(r"(\d+):([\d.]+) to (\d+):([\d.]+)", self.get("status"))
        first, second, third, fourth = map(float, told.groups())
        assert abs(60 * first + second - begin) < .006, (hash, told[0])
        assert abs(60 * third + fourth - end) < .006, (hash, told[0])
        return begin, end

    def press(self, key, shift=False):
        self.browser.press(key, shift)
        return self.get_view()

    def get_box(self, selector):
        """Left, top, width and height of an element, in pixels of CSS."""
        return self.browser.evaluate(
            f"(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect();"
            "return [r.left, r.top, r.width, r.height] })()")

    def find(self, selector):
        """The middle of an element, and its left and right edge."""
        left, top, width, height = self.get_box(selector)
        return (left + width / 2, top + height / 2), left, left + width


def is_near(view, begin, end, tolerance=.01):
    return abs(view[0] - begin) < tolerance and abs(view[1] - end) < tolerance
