"""Chromium without a window, told what to do through a pipe, and a server of files."""
import base64
import functools
import http.server
import json
import os
import subprocess
import threading
import time

# What a phone has, and a desk.
PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
DESK = {"width": 1200, "height": 900, "deviceScaleFactor": 1, "mobile": False}

# Those that the page of a recording is looked at on.
SCREENS = {"desk": {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False},
           "phone": {"width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": True}}


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def serve(folder):
    """Serves a folder on this machine, until the process ends; returns its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


class Browser:
    """One page. Messages are JSON of the DevTools protocol, each ended by a zero byte."""

    def __init__(self, profile):
        read, self.commands = os.pipe()
        self.answers, write = os.pipe()
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{read} 4>&{write}', "sh", "chromium", "--headless",
             "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
             f"--user-data-dir={os.path.abspath(profile)}"],
            pass_fds=(read, write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read)
        os.close(write)
        self.number, self.session, self.pending = 0, None, b""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        self.send("Page.enable")
        self.send("Performance.enable", timeDomain="threadTicks")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)
        # The shell counts such files in one digit.
        os.close(self.commands)
        os.close(self.answers)

    def receive(self):
        while b"\0" not in self.pending:
            data = os.read(self.answers, 1 << 20)
            assert data, "the browser ended"
            self.pending += data
        message, _, self.pending = self.pending.partition(b"\0")
        return json.loads(message)

    def send(self, method, **parameters):
        """Sends a command, and returns its result."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]

    def evaluate(self, expression):
        """The value of an expression, or of what it promises."""
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait_for(self, expression, seconds=60):
        end = time.monotonic() + seconds
        while not self.evaluate(expression):
            assert time.monotonic() < end, f"never came true: {expression}"
            time.sleep(.05)

    def show(self, address, metrics, scheme="light"):
        """Opens a page on a screen of this size, in light or dark colours."""
        self.send("Emulation.setDeviceMetricsOverride", **metrics)
        self.send("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.send("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete'")

    def set_files(self, selector, paths):
        """Chooses files in an input."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[os.path.abspath(p) for p in paths])

    def press(self, key, shift=False):
        """Presses a key of what has the focus."""
        text = {"text": key} if len(key) == 1 else {}
        code = {"Tab": 9, "Enter": 13, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36,
                "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}.get(key, 0)
        event = {"key": key, "modifiers": 8 if shift else 0, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown", **event, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", **event)

    def drag(self, begin, end, shift=False):
        """Drags the mouse from one place to another."""
        event = {"button": "left", "buttons": 1, "clickCount": 1, "modifiers": 8 if shift else 0}
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=begin[0], y=begin[1])
        self.send("Input.dispatchMouseEvent", type="mousePressed", x=begin[0], y=begin[1], **event)
        for part in .5, 1:
            place = [a + (b - a) * part for a, b in zip(begin, end)]
            self.send("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1],
                      **event)
        self.send("Input.dispatchMouseEvent", type="mouseReleased", x=end[0], y=end[1], **event)

    def touch(self, *moments):
        """Puts fingers on places, moves them to others, one moment after another, and lifts
        them."""
        kind = "touchStart"
        for places in moments:
            self.send("Input.dispatchTouchEvent", type=kind, touchPoints=[
                {"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)])
            kind = "touchMove"
        self.send("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def get_thread_time(self):
        """Seconds that the page's thread has computed for, which other work on this machine
        does not change much."""
        metrics = self.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def screenshot(self, path, box=None):
        """Of the page, or of a box of left, top, width and height in pixels of CSS."""
        clip = {}
        if box:
            clip = {"clip": dict(zip(("x", "y", "width", "height"), box), scale=1)}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.captureScreenshot", **clip)["data"]))
