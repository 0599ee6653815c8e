"""Compiling: sources, options, errors, and what a model tells of itself."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import warnings
from unittest import mock

import numpy as np

import frieze
from support import BIN, ECG, MODELS, has_equal_bits, make_windows, run_tool


class SourceTest(unittest.TestCase):
    def test_bytes(self):
        """The bytes of a file are the file."""
        windows = make_windows()
        self.assertTrue(has_equal_bits(frieze.compile(ECG.read_bytes())(windows),
                                       frieze.compile(str(ECG))(windows)))

    def test_onnx_object(self):
        """An object of ONNX is told by its class, without its library."""
        model = MODELS / "onnx_opset7.onnx"
        kind = type("ModelProto", (), {
            "__module__": "onnx.onnx_ml_pb2", "graph": type("Graph", (), {"name": "net"}),
            "SerializeToString": lambda self: model.read_bytes()})
        self.assertEqual(frieze.compile(kind()).inputs, frieze.compile(model).inputs)

    def test_other_objects(self):
        with self.assertRaisesRegex(TypeError, "expects a path, .* but got int"):
            frieze.compile(3)

    def test_nothing_is_imported(self):
        """Frameworks stay where they are, and importing takes the processor a moment."""
        code = ("import sys, time; start = time.process_time(); import frieze; "
                "print(time.process_time() - start, *(name for name in ('tensorflow', 'keras', 'torch', 'onnx', "
                "'unittest', 'subprocess') if name in sys.modules))")
        seconds, *modules = subprocess.run([sys.executable, "-c", code], capture_output=True,
                                           text=True, check=True).stdout.split()
        self.assertEqual(modules, [])
        self.assertLess(float(seconds), 0.2)


class ErrorTest(unittest.TestCase):
    def test_all_problems(self):
        """An error is what the command line prints, and its parts."""
        for path in sorted((MODELS / "bad").iterdir()):
            with self.subTest(path.name):
                printed = run_tool("frieze-compile", path, "-o", "/dev/null", "--emit=obj").stderr
                with self.assertRaises(frieze.CompileError) as caught:
                    frieze.compile(path)
                self.assertEqual(str(caught.exception), printed.strip())
                self.assertEqual(caught.exception.file, str(path))

    def test_layer(self):
        """The layer that cannot be compiled has its name in the exception."""
        with self.assertRaises(frieze.CompileError) as caught:
            frieze.compile(MODELS / "bad" / "missing_layer_weights.keras")
        self.assertEqual(caught.exception.layer, "dense_1")
        self.assertEqual(len(caught.exception.diagnostics), 2)

    def test_options(self):
        """Values that do not fit are errors of the compilation."""
        for options in ({"target": "z80"}, {"name": "1x"}, {"batch": 0}, {"dim": {"x": 0}},
                        {"ram": "12 lemons"}, {"output_layer": "conv7"},
                        {"output_layer": ["fc2", "fc2"]}):
            with self.subTest(options), self.assertRaises(frieze.CompileError):
                frieze.compile(ECG, **options)

    def test_output_layers(self):
        """A model that is cut gives what is computed there."""
        windows = make_windows()
        pooled, score = frieze.compile(ECG, output_layer=["pool", "fc2"])(windows)
        self.assertEqual(pooled.shape[1:], (48, 32))
        self.assertTrue(np.allclose(score, frieze.compile(ECG)(windows), 1e-5, 1e-5))
        single = frieze.compile(ECG, output_layer="pool")
        self.assertEqual(single.outputs[0].name, "pool")


    def test_replaced_layers(self):
        """What layers of one's own compute is said by files."""
        folder, names = MODELS / "custom", {"Amplify": "amplify.json", "Mixed": "mixed.json"}
        files = {layer: folder / name for layer, name in names.items()}
        stored = np.load(folder / "operators.npz")
        model = frieze.compile(folder / "operators.onnx", replace_layers=files)
        for actual, name in zip(model(stored["x"]), ("y:y", "y:z")):
            self.assertTrue(np.allclose(actual, stored[name], 1e-5, 1e-5))
        with self.assertRaises(frieze.CompileError):
            frieze.compile(folder / "operators.onnx", replace_layers={"Amplify": "none.json"})


class ModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = frieze.compile(ECG, name="beats")

    def test_description(self):
        self.assertEqual(self.model.name, "beats")
        self.assertEqual(self.model.target, "x86-64")
        self.assertEqual(self.model.inputs[0].shape, (1, 145, 1))
        self.assertIn("(1, 145, 1) -> ", repr(self.model))

    def test_remarks(self):
        """Remarks and costs are those of frieze-compile --remarks=json."""
        printed = run_tool("frieze-compile", ECG, "-o", "/dev/null", "--emit=obj",
                           "--remarks=json").stderr.splitlines()
        *remarks, summary = map(json.loads, printed)
        self.assertEqual(
            [{"layer": item.layer, "remark": item.subject, "rule": item.rule, "why": item.why}
             for item in self.model.remarks if item.rule],
            [{key: item[key] for key in ("layer", "remark", "rule", "why")}
             for item in remarks if "rule" in item])
        costs = self.model.costs._asdict()
        for key in ("layers", "kernels", "macs", "live_macs", "weights_bytes", "arena_bytes"):
            self.assertEqual(costs[key], summary[key], key)
        self.assertGreater(costs["code_bytes"], 1000)

    def test_layers(self):
        """Layers as imported, and the kernels that are left."""
        costs = self.model.costs
        self.assertEqual(len(self.model.layers), costs.layers)
        self.assertEqual(len(self.model.kernels), costs.kernels)
        self.assertIn(("conv1", "conv"), [layer[:2] for layer in self.model.layers])
        self.assertEqual(sum(layer.macs for layer in self.model.layers), costs.macs)
        self.assertEqual(sum(layer.macs for layer in self.model.kernels), costs.live_macs)

    def test_ir(self):
        """The text of a stage, without weights."""
        text = self.model.ir("nn-opt")
        printed = run_tool("frieze-compile", ECG, "--emit=nn-opt", "-o", "-").stdout
        self.assertEqual(text, printed)
        self.assertIn("nn.batch_norm", self.model.ir("nn"))
        self.assertIn("fma", self.model.ir("asm"))
        with self.assertRaisesRegex(ValueError, "expects a stage of text, but got 'obj'"):
            self.model.ir("obj")
        with self.assertRaises(frieze.CompileError):
            self.model.ir("poetry")

    def test_html(self):
        """A notebook shows sizes, kernels and decisions, with names as text."""
        html = self.model._repr_html_()  # pylint: disable=protected-access
        self.assertIn("<td style=\"text-align:right\">303,584</td>", html)
        self.assertIn("folded backward into &#x27;conv1&#x27;", html)
        self.assertNotIn("<script", html)

    def test_warnings(self):
        """What the compiler warns of is a warning at the call."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            frieze.compile(ECG)
        warning = frieze.Diagnostic(2, "x.keras", 0, 0, "pool", "takes long")
        with mock.patch("frieze._model.Compilation.diagnostics", [warning]), \
                self.assertWarnsRegex(frieze.CompileWarning,
                                      "^x.keras: layer 'pool': warning: takes long$") as caught:
            frieze.compile(ECG)
        self.assertEqual(caught.filename, __file__)


class ExportTest(unittest.TestCase):
    """A module of a PyTorch that is not there, whose exporter fails."""

    def compile_with(self, problem):
        module = type("Net", (type("Module", (), {"__module__": "torch.nn"}),), {
            "training": True, "forward": lambda self, x: x, "eval": lambda self: None,
            "train": lambda self, mode: setattr(self, "restored", mode)})()
        onnx = mock.Mock()

        def export(model, inputs, file, input_names, dynamic_axes):
            raise problem

        onnx.export = export
        with mock.patch.dict("sys.modules", torch=mock.Mock(onnx=onnx)):
            try:
                frieze.compile(module, "a tensor")
            finally:
                self.assertTrue(module.restored)

    def test_missing_package(self):
        """What PyTorch exports with may be a package that has to be installed."""
        problem = RuntimeError("Module onnx is not installed!")
        problem.__cause__ = ModuleNotFoundError("No module named 'onnx'", name="onnx")
        for error in (problem, problem.__cause__):
            with self.assertRaisesRegex(frieze.Error,
                                        "^expects the package onnx .*: pip install onnx$"):
                self.compile_with(error)

    def test_other_problem(self):
        """PyTorch's own words stay."""
        with self.assertRaisesRegex(RuntimeError, "^unsupported operator$"):
            self.compile_with(RuntimeError("unsupported operator"))


class SaveTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def test_artefacts(self):
        """Files are those of frieze-compile, byte for byte."""
        ours, theirs = self.path / "ours", self.path / "theirs"
        ours.mkdir()
        theirs.mkdir()
        model = frieze.compile(ECG)
        for extension in (".o", ".a", ".so", ".ll", ".s", ".h", ".mlir", ".wasm"):
            model.save(ours / f"ecg{extension}")
            result = run_tool("frieze-compile", ECG, "-o", theirs / f"ecg{extension}")
            self.assertEqual(result.stderr, "")
        for path in sorted(ours.iterdir()):
            with self.subTest(path.name):
                self.assertTrue(path.read_bytes() == (theirs / path.name).read_bytes())
        self.assertIn("ecg.mjs", [path.name for path in ours.iterdir()])

    def test_extensions(self):
        with self.assertRaisesRegex(ValueError, "expects one of the extensions .o .* '.txt'"):
            frieze.compile(ECG).save(self.path / "model.txt")

    def test_other_processors(self):
        """A model of another processor is saved, and says why it cannot be called."""
        model = frieze.compile(ECG, target="cortex-m4")
        model.save(self.path / "ecg.o")
        self.assertEqual((self.path / "ecg.o").read_bytes()[:4], b"\x7fELF")
        with self.assertRaisesRegex(RuntimeError, "cortex-m4"):
            model(make_windows())

    def test_load(self):
        """A shared library or an object is a model again, without its layers."""
        model = frieze.compile(ECG)
        for name in ("ecg.so", "ecg.o"):
            model.save(self.path / name)
            loaded = frieze.load(self.path / name)
            self.assertTrue(has_equal_bits(loaded(make_windows()), model(make_windows())))
            with self.assertRaisesRegex(frieze.Error, "was loaded"):
                loaded.layers  # pylint: disable=pointless-statement
        with self.assertRaisesRegex(frieze.Error, "frieze-run: error: ."):
            frieze.load(BIN / "frieze-run")


if __name__ == "__main__":
    unittest.main()
