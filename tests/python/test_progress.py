"""What a compilation tells of its progress, and how it is cancelled."""
import io
import signal
import subprocess
import sys
import time
import types
import unittest
from unittest import mock

import frieze
from frieze import _progress
from support import ECG, SOURCE, has_equal_bits, make_windows

LONG = subprocess.run([sys.executable, SOURCE / "tests" / "tools" / "long_model.py"],
                      capture_output=True, check=True).stdout


class ToldTest(unittest.TestCase):
    def test_function(self):
        """A function is told each stage, and shares that grow to 1."""
        told = []
        model = frieze.compile(ECG, progress=lambda *what: told.append(what))
        self.assertEqual(told[0], ("nn", 0))
        self.assertEqual(told[-1], ("obj", 1))
        self.assertEqual(sorted(told, key=lambda what: what[1]), told)
        told.clear()
        model.profile(0.01)
        self.assertEqual({what for what, _ in told}, {"profile"})
        told.clear()
        model.stream(hop=1)
        self.assertEqual(told[-1], ("obj", 1))

    def test_exceptions(self):
        """An exception cancels and comes out, and what is there stays usable."""
        left = [3]

        def stop(*_):
            left[0] -= 1
            if left[0] == 0:
                raise LookupError("enough")
        with self.assertRaisesRegex(LookupError, "enough"):
            frieze.compile(ECG, progress=stop)
        self.assertEqual(left[0], 0)
        left[0] = 1000000
        model = frieze.compile(ECG, progress=stop)
        left[0] = 1
        with self.assertRaisesRegex(LookupError, "enough"):
            model.emit("asm")
        left[0] = 1000000
        self.assertTrue(has_equal_bits(model(make_windows()),
                                       frieze.compile(ECG)(make_windows())))
        self.assertGreater(len(model.emit("asm")), 1000)

    def test_interrupt(self):
        """Ctrl-C cancels what goes on without Python."""
        def interrupt(*_):
            raise KeyboardInterrupt
        # In time of the processor, which other programs do not take.
        before = signal.signal(signal.SIGVTALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGVTALRM, before)
        start = time.process_time()
        frieze.compile(LONG)
        whole = time.process_time() - start
        signal.setitimer(signal.ITIMER_VIRTUAL, whole / 4)
        start = time.process_time()
        with self.assertRaises(KeyboardInterrupt):
            frieze.compile(LONG)
        self.assertLess(time.process_time() - start, whole * 0.8)

    def test_other_values(self):
        with self.assertRaisesRegex(TypeError, "expects a function, None or 'auto' for progress, "
                                               "but got 'bar'"):
            frieze.compile(ECG, progress="bar")


class Terminal(io.StringIO):
    def isatty(self):
        return True


class BarTest(unittest.TestCase):
    def compile(self, seconds, **options):
        """What standard error gets, where a step takes so many seconds."""
        terminal = Terminal()
        clock = iter(range(10**6))
        with mock.patch("sys.stderr", terminal), \
                mock.patch("time.monotonic", lambda: next(clock) * seconds):
            frieze.compile(ECG, **options)
        return terminal.getvalue()

    def test_terminal(self):
        """A bar is there from a second on, grows, and is gone in the end."""
        *lines, blank, end = self.compile(0.1).split("\r")[1:]
        self.assertGreater(len(lines), 3)
        for line in lines:
            self.assertRegex(line, r"^ecg.keras \[#*\.*\] +[0-9]+ %$")
        shares = [int(line.split()[-2]) for line in lines]
        self.assertEqual(shares, sorted(shares))
        self.assertEqual(shares[-1], 100)
        self.assertEqual((blank.strip(" "), end), ("", ""))
        self.assertGreaterEqual(len(blank), len(lines[-1]))

    def test_quick(self):
        """What takes no second has no bar, nor has what nobody wants to see."""
        self.assertEqual(self.compile(0.0001), "")
        self.assertEqual(self.compile(1, progress=None), "")
        told = []
        self.assertEqual(self.compile(1, progress=lambda *what: told.append(what)), "")
        self.assertGreater(len(told), 10)

    def test_error(self):
        """After an error the bar is gone, too."""
        bar = _progress.Bar("model", Terminal())
        with mock.patch("time.monotonic", iter(range(100)).__next__), \
                mock.patch("frieze._progress.choose", return_value=bar), \
                self.assertRaises(frieze.CompileError):
            frieze.compile(ECG, ram=16)
        self.assertIn("%", bar.stream.getvalue())
        self.assertTrue(bar.stream.getvalue().endswith(" \r"))

    def test_places(self):
        """In a notebook a bar stands among the output, and in a pipe nowhere."""
        with mock.patch("sys.stderr", io.StringIO()), mock.patch("sys.stdout", io.StringIO()):
            self.assertIsNone(_progress.choose("auto", "model"))
            for shell, stream in ((types.SimpleNamespace(kernel=1), sys.stdout),
                                  (types.SimpleNamespace(), None), (None, None)):
                ipython = types.SimpleNamespace(get_ipython=lambda shell=shell: shell)
                with mock.patch.dict(sys.modules, {"IPython": ipython}):
                    self.assertIs(_progress.find_stream(), stream)
        with mock.patch("sys.stderr", None):
            self.assertIsNone(_progress.choose("auto", "model"))


if __name__ == "__main__":
    unittest.main()
