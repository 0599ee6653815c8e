"""Windows that move along a recording."""
import threading
import unittest

import numpy as np

import frieze
from support import ECG, MODELS, has_equal_bits


class StreamTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = frieze.compile(ECG)
        cls.samples = np.random.default_rng(2).standard_normal(2000).astype(np.float32)
        exact = frieze.compile(ECG, exact=True)
        cls.scores = exact(np.lib.stride_tricks.sliding_window_view(cls.samples, 145))

    def test_bits(self):
        """However samples come, every window has the score that it has alone."""
        for counts in ([2000], [1] * 300 + [1700], [0, 144, 1, 855, 1000]):
            stream = self.model.stream(hop=1)
            pieces = np.split(self.samples, np.cumsum(counts)[:-1])
            scores = np.concatenate([stream.push(piece) for piece in pieces])
            self.assertTrue(has_equal_bits(scores, self.scores))

    def test_rows(self):
        """What push gives has a row for each window."""
        stream = self.model.stream()
        self.assertEqual((stream.window, stream.hop), (145, 1))
        self.assertEqual(sum(1 for row in stream.push(self.samples[:150])), 6)

    def test_hop(self):
        """Windows begin a hop apart."""
        scores = self.model.stream(hop=3).push(self.samples[:, np.newaxis])
        self.assertTrue(has_equal_bits(scores, self.scores[::3].copy()))

    def test_flush(self):
        """After a flush, another recording begins."""
        stream = self.model.stream()
        stream.push(self.samples[:500])
        self.assertEqual(stream.flush().shape, (0, 1))
        self.assertTrue(has_equal_bits(stream.push(self.samples), self.scores))

    def test_several(self):
        """Streams of one model do not know each other."""
        first, second = self.model.stream(), self.model.stream()
        first.push(self.samples[:100])
        self.assertEqual(second.push(self.samples[:100]).shape, (0, 1))
        self.assertEqual(first.push(self.samples[100:145]).shape, (1, 1))

    def test_steps(self):
        """Steps of a recurrent model have the scores of all steps so far, without an end."""
        model = frieze.compile(MODELS / "lstm_bn.keras", exact=True)
        sequence = np.random.default_rng(3).standard_normal((90, 8)).astype(np.float32)
        stream = model.stream(steps=True)
        self.assertEqual((stream.window, stream.hop), (1, 1))
        scores = np.concatenate([stream.push(sequence[:7]), stream.push(sequence[7:8]),
                                 stream.push(sequence[8:])])
        self.assertEqual(scores.shape, (90, 1))
        self.assertTrue(has_equal_bits(scores[59:60], model(sequence[np.newaxis, :60])))
        stream.flush()
        again = np.concatenate([stream.push(sample[np.newaxis]) for sample in sequence])
        self.assertTrue(has_equal_bits(again, scores))
        with self.assertRaisesRegex(ValueError, "a hop of 1 with steps"):
            model.stream(hop=2, steps=True)
        with self.assertRaisesRegex(frieze.CompileError, "reads all 145 steps|no pooling behind"):
            self.model.stream(steps=True)

    def test_what_does_not_fit(self):
        with self.assertRaisesRegex(ValueError, r"samples of 1 value .* got shape \(10, 2\)"):
            self.model.stream().push(np.zeros((10, 2), np.float32))
        with self.assertRaisesRegex(TypeError, "expects float32"):
            self.model.stream().push(np.zeros(10))
        with self.assertRaises(frieze.CompileError):
            self.model.stream(hop=0)

    def test_one_thread_at_a_time(self):
        """A second thread is refused while one pushes."""
        stream = self.model.stream()
        samples = np.zeros(3_000_000, np.float32)
        thread = threading.Thread(target=stream.push, args=(samples,))
        thread.start()
        refused = False
        while thread.is_alive() and not refused:
            try:
                stream.push(samples[:0])
            except RuntimeError as error:
                refused = "one thread at a time" in str(error)
        thread.join()
        self.assertTrue(refused)


if __name__ == "__main__":
    unittest.main()
