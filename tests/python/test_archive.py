"""Archives where pyarrow is not installed; the rest is tested in archive/."""
import unittest

import frieze
from support import ECG


class MissingPackageTest(unittest.TestCase):
    def test_pyarrow(self):
        """What is missing is told with what brings it."""
        for call in (lambda: frieze.archive.scan(".", "out", ECG),
                     lambda: frieze.archive.score("windows.parquet", ECG)):
            with self.assertRaisesRegex(frieze.Error, r"expects the package pyarrow, but it is "
                                        r"not installed; pip install 'frieze\[archive\]'"):
                call()


if __name__ == "__main__":
    unittest.main()
