"""Runs one model file in another inference library, for frieze-bench.

    python -c "$(cat peer.py)" MODULE FILE

Standard input is a socket. A line of JSON with the shapes of a model's inputs and
outputs and a number of calls comes first, then the values of each call, in float32.
The answer is `ready DIFFERENCE SHARE VERSION`: the largest difference between these
outputs and the library's own, and the largest share of what is tolerated. Each line
`N` asks for N calls, after half as many that are not timed; the answer is
`time MICROSECONDS`, of one call. Whatever fails is answered by `missing MODULE` or
`error MESSAGE`.
"""
import gc
import itertools
import json
import math
import socket
import sys
import time

try:
    import numpy as np
except ModuleNotFoundError:
    np = None  # Then there is no library either: all of them need it.


# A library has `inputs`: names, shapes and types.

class OnnxRuntime:
    def __init__(self, library, path):
        options = library.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.library = library
        self.session = library.InferenceSession(path, options,
                                                providers=["CPUExecutionProvider"])
        self.inputs = [(value.name, value.shape, self.find_type(value.type))
                       for value in self.session.get_inputs()]

    @staticmethod
    def find_type(name):
        """That of "tensor(int64)"; what C calls float and double has other names here."""
        name = name.removeprefix("tensor(").removesuffix(")")
        return np.dtype({"float": "float32", "double": "float64"}.get(name, name))

    def prepare(self, arrays):
        names = [name for name, *_ in self.inputs]
        results = self.session.run(None, dict(zip(names, arrays)))
        # Zeros, so that only the call that is timed can fill in the results. The
        # values below do not own their memory.
        memory = [np.zeros_like(result) for result in results]
        self.memory = arrays, memory
        create = self.library.OrtValue.ortvalue_from_numpy
        self.outputs = [create(array) for array in memory]
        self.binding = self.session.io_binding()
        for name, array in zip(names, arrays):
            self.binding.bind_ortvalue_input(name, create(array))
        for value, output in zip(self.session.get_outputs(), self.outputs):
            self.binding.bind_ortvalue_output(value.name, output)

    def get_call(self):
        # What session.run_with_iobinding calls.
        run, binding = self.session._sess.run_with_iobinding, self.binding._iobinding
        return lambda: run(binding, None)

    def get_outputs(self):
        return [output.numpy() for output in self.outputs]


class LiteRT:
    def __init__(self, library, path):
        from ai_edge_litert.interpreter import Interpreter
        self.interpreter = Interpreter(model_path=path, num_threads=1)
        self.details = self.interpreter.get_input_details()
        self.inputs = [(detail["name"], detail["shape_signature"].tolist(), detail["dtype"])
                       for detail in self.details]

    def prepare(self, arrays):
        for detail, array in zip(self.details, arrays):
            self.interpreter.resize_tensor_input(detail["index"], array.shape)
        self.interpreter.allocate_tensors()
        for detail, array in zip(self.details, arrays):
            self.interpreter.set_tensor(detail["index"], array)

    def get_call(self):
        # What interpreter.invoke calls.
        return self.interpreter._interpreter.Invoke

    def get_outputs(self):
        return [self.interpreter.get_tensor(detail["index"])
                for detail in self.interpreter.get_output_details()]


class OpenVINO:
    def __init__(self, library, path):
        self.library = library
        self.core = library.Core()
        self.model = self.core.read_model(path)
        self.inputs = [(value.any_name, [-1 if size.is_dynamic else size.get_length()
                                         for size in value.partial_shape],
                        value.element_type.to_dtype())
                       for value in self.model.inputs]

    def prepare(self, arrays):
        self.model.reshape({name: list(array.shape)
                            for (name, *_), array in zip(self.inputs, arrays)})
        compiled = self.core.compile_model(self.model, "CPU", {
            "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32"})
        self.request = compiled.create_infer_request()
        for index, array in enumerate(arrays):
            self.request.set_input_tensor(index, self.library.Tensor(array))

    def get_call(self):
        # What request.infer calls, with its inputs as they are.
        run = super(self.library.InferRequest, self.request).infer
        return lambda: run({}, True, False)

    def get_outputs(self):
        return [tensor.data for tensor in self.request.output_tensors]


LIBRARIES = {"onnxruntime": OnnxRuntime, "ai_edge_litert": LiteRT, "openvino": OpenVINO}


def arrange(array, sizes):
    """`array` in each way that fits `sizes`, where unknown sizes are no positive
    numbers: as it is, or with its last axis, the channels, after the batch."""
    orders = [array]
    if array.ndim > 2:
        orders.append(np.ascontiguousarray(np.moveaxis(array, -1, 1)))
    known = [isinstance(size, int) and size > 0 for size in sizes]
    fitting = [order for order in orders if order.ndim == len(sizes)
               and all(size == actual or not is_known for size, actual, is_known
                       in zip(sizes, order.shape, known))]
    if not fitting and all(known) and math.prod(sizes) == array.size:
        fitting = [order.reshape(sizes) for order in orders]
    if not fitting:
        raise ValueError(f"expects arrays of shape {tuple(sizes)}, but the model has "
                         f"{array.shape}")
    return fitting


def get_distance(result, output):
    """The largest difference; NaN and infinities have none to themselves."""
    result, output = result.astype(np.float64), output.astype(np.float64)
    same = (result == output) | (np.isnan(result) & np.isnan(output))
    with np.errstate(invalid="ignore"):
        difference = np.where(same, 0, np.abs(result - output))
    difference[np.isnan(difference)] = np.inf
    return float(np.max(difference, initial=0))


def get_difference(results, outputs):
    """The largest share of what rounding may make of an output, 1e-6 and 1e-4 of its
    largest element, and the largest difference, in the layout where it is smallest."""
    if len(results) != len(outputs):
        raise ValueError(f"has {len(results)} outputs, but the model {len(outputs)}")
    shares, differences = [], []
    for result, output in zip(results, outputs):
        largest = np.max(np.abs(output), where=np.isfinite(output), initial=0)
        differences.append(min(get_distance(result, order)
                               for order in arrange(output, result.shape)))
        shares.append(differences[-1] / (1e-6 + 1e-4 * float(largest)))
    return max(shares), max(differences)


def convert(array, name, kind):
    """The numbers of an input as the type that the peer takes."""
    if np.any(array.astype(kind) != array) and not np.issubdtype(kind, np.floating):
        raise ValueError(f"takes {np.dtype(kind)} for '{name}', but the model is called with "
                         "numbers between these")
    return array.astype(kind)


def prepare(peer, calls):
    """Gives `peer` the inputs of the first call, of several layouts in the one that
    comes closest to the outputs of all, and returns how close. Names pair inputs if all
    of them match."""
    inputs = calls[0][0]
    if len(peer.inputs) != len(inputs):
        raise ValueError(f"has {len(peer.inputs)} inputs, but the model {len(inputs)}")
    names = [name for name, _ in inputs]
    places = range(len(inputs))
    if set(names) == {name for name, *_ in peer.inputs}:
        places = [names.index(name) for name, *_ in peer.inputs]

    def get_layouts(inputs):
        """All inputs in each way that fits."""
        return list(itertools.product(*(
            arrange(convert(inputs[place][1], name, kind), sizes)
            for place, (name, sizes, kind) in zip(places, peer.inputs))))

    def run(index):
        results = []
        for inputs, outputs in reversed(calls):
            peer.prepare(get_layouts(inputs)[index])
            peer.get_call()()
            results.append(get_difference(peer.get_outputs(), outputs))
        return tuple(map(max, zip(*results)))
    differences = [run(index) for index in range(len(get_layouts(inputs)))]
    return run(differences.index(min(differences)))


def time_calls(call, count):
    """Microseconds of one call."""
    start = time.perf_counter_ns()
    for _ in itertools.repeat(None, count):
        call()
    return (time.perf_counter_ns() - start) / count / 1e3


def serve(link, module, path):
    import importlib
    library = importlib.import_module(module)

    def read_arrays(tensors):
        return [(tensor["name"],
                 np.frombuffer(link.read(4 * math.prod(tensor["shape"])),
                               np.float32).reshape(tensor["shape"]).copy())
                for tensor in tensors]
    model = json.loads(link.readline())
    calls = [(read_arrays(model["inputs"]), [array for _, array in read_arrays(model["outputs"])])
             for _ in range(model["calls"])]
    peer = LIBRARIES[module](library, path)
    share, difference = prepare(peer, calls)
    version = getattr(library, "__version__", "").split("-")[0]

    def answer(text):
        link.write(text.encode() + b"\n")
        link.flush()
    answer(f"ready {difference!r} {share!r} {version}")
    call = peer.get_call()
    gc.disable()
    for line in link:
        count = int(line)
        time_calls(call, count // 2 + 1)
        answer(f"time {time_calls(call, count)!r}")


def main(module, path):
    with socket.socket(fileno=0).makefile("rwb") as link:
        try:
            serve(link, module, path)
        except ModuleNotFoundError as error:
            link.write(f"missing {error.name}\n".encode())
        except Exception as error:  # Whatever a library throws ends up in one line.
            link.write(f"error {' '.join(str(error).split())}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
