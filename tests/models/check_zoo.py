"""Compile the classifiers of torchvision and keras.applications, and compare.

    check_zoo.py [--bin build/release/bin] [--only NAME ...]

One variant of each family, with random weights, on small images. torchvision's
go through both of PyTorch's exporters to ONNX and torch.export, keras.applications' through a .keras
file (fastest with KERAS_BACKEND=tensorflow); the library that is not installed is left out. What is compiled runs on
one image, and its distance from the framework in float64 is printed in units
of 1e-5 + 1e-5 |y|, beside that of others in float32: the framework, and ONNX
Runtime on the same file, whose exporter may have rounded. A model is right where
its own is at most 1, or ten times theirs, which random weights make large in
deep nets: normalising the input, for one, is folded into sums of larger terms. Prints a table in Markdown, line by line, and exits with 1 where a
model is wrong or refused.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

# By name, the size of the images: the smallest that the network's pooling and
# windows divide.
TORCHVISION = {
    "alexnet": 224,
    "convnext_tiny": 64,
    "densenet121": 64,
    "efficientnet_b0": 64,
    "efficientnet_v2_s": 64,
    "googlenet": 64,
    "inception_v3": 96,
    "maxvit_t": 224,
    "mnasnet0_5": 64,
    "mobilenet_v2": 64,
    "mobilenet_v3_small": 64,
    "regnet_x_400mf": 64,
    "regnet_y_400mf": 64,
    "resnet18": 64,
    "resnet50": 64,
    "resnext50_32x4d": 64,
    "shufflenet_v2_x0_5": 64,
    "squeezenet1_1": 64,
    "swin_t": 64,
    "swin_v2_t": 64,
    "vgg11_bn": 224,
    "vit_b_16": 224,
    "wide_resnet50_2": 64,
}

KERAS = {
    "ConvNeXtTiny": 32,
    "DenseNet121": 32,
    "EfficientNetB0": 64,
    "EfficientNetV2B0": 64,
    "InceptionResNetV2": 75,
    "InceptionV3": 75,
    "MobileNet": 64,
    "MobileNetV2": 64,
    "MobileNetV3Small": 64,
    "NASNetMobile": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
    "VGG16": 32,
    "Xception": 71,
}


def settle(net, x):
    """Give batch norms the statistics of noise, so that no activation explodes or vanishes,
    and draw what is zero, or nearly, and would hide what comes before it."""
    import torch

    for name, weight in net.named_parameters():
        if name.endswith("layer_scale") or (weight.dim() > 1 and not weight.any()):
            torch.nn.init.normal_(weight, std=0.1)
    for module in net.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = None
    net.train()
    noise = torch.randn(4, *x.shape[1:], generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        net(noise)
    return net.eval()


def torchvision_models(only):
    """Yield name, exporter, path, input, and outputs in float64 and float32."""
    import torch
    import torchvision

    for name, size in TORCHVISION.items():
        if only and name not in only:
            continue
        torch.manual_seed(0)
        options = {"image_size": size} if name == "vit_b_16" else {}
        if name in ("googlenet", "inception_v3"):
            options |= {"aux_logits": False, "init_weights": True}
        net = torchvision.models.get_model(name, num_classes=10, **options)
        x = torch.randn(1, 3, size, size)
        net = settle(net, x)
        with torch.no_grad():
            single = net(x).numpy()
        for exporter, opset in (("TorchScript", 17), ("dynamo", 18), (".pt2", None)):
            path = f"{name}.onnx" if opset else f"{name}.pt2"
            error = None
            try:
                if opset:
                    torch.onnx.export(
                        net, (x,), path, dynamo=exporter == "dynamo", opset_version=opset,
                        input_names=["x"], output_names=["y"], verbose=False,
                    )
                else:
                    torch.export.save(torch.export.export(net, (x,)), path)
            except Exception as problem:  # Whatever the exporter throws.
                error = f"not exported: {type(problem).__name__}"
            with torch.no_grad():
                double = net.double()(x.double()).numpy()
            net = net.float()
            yield name, exporter, path, error, x.numpy(), double, [single]


def keras_models(only):
    """The same for keras.applications, whose weights are random but for its batch norms'."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    import keras

    def build(name, size, policy):
        keras.config.set_dtype_policy(policy)
        return getattr(keras.applications, name)(
            weights=None, input_shape=(size, size, 3), classes=10, classifier_activation=None
        )

    for name, size in KERAS.items():
        if only and name not in only:
            continue
        keras.utils.set_random_seed(0)
        net = build(name, size, "float32")
        x = np.random.default_rng(0).uniform(0, 255, (1, size, size, 3)).astype("f4")
        noise = np.random.default_rng(1).uniform(0, 255, (4, size, size, 3)).astype("f4")
        for layer in net.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = 0.0
            if type(layer).__name__ == "LayerScale":
                layer.gamma.assign(np.full(layer.gamma.shape, 0.1, "f4"))
        if keras.backend.backend() == "jax":
            import jax

            # Op by op, it would compile each of them.
            train = jax.jit(lambda t, n, x, net=net: net.stateless_call(t, n, x, training=True)[1])
            settled = train([v.value for v in net.trainable_variables],
                            [v.value for v in net.non_trainable_variables], noise)
            for variable, value in zip(net.non_trainable_variables, settled, strict=True):
                if "seed" not in variable.path:
                    variable.assign(value)
        else:
            net(noise, training=True)
        path = f"{name}.keras"
        net.save(path)
        truth = build(name, size, "float64")
        truth.set_weights(net.get_weights())
        double = truth.predict_on_batch(x.astype("f8"))
        yield name, "", path, None, x, double, [net.predict_on_batch(x)]


def check(arguments, name, exporter, path, error, x, double, others):
    """Print one line of the table; whether the model is right."""
    unit = 1e-5 + 1e-5 * np.abs(double)
    if path.endswith(".onnx") and not error:
        import onnxruntime

        others.append(onnxruntime.InferenceSession(path).run(None, {"x": x})[0])
    own = max(np.max(np.abs(other - double) / unit) for other in others)
    start = time.monotonic()
    verdict, right = error, False
    if not error:
        np.save("x.npy", x)
        run = subprocess.run(
            [arguments.bin / "frieze-run", path, "--input", "x.npy", "--output", "y.npy"],
            capture_output=True, text=True,
        )
        if run.returncode:
            lines = run.stderr.strip().splitlines()
            verdict = "refused: " + "; ".join(line.split(": ", 1)[-1] for line in lines[:3])
        else:
            far = np.max(np.abs(np.load("y.npy") - double) / unit)
            right = bool(far <= max(1.0, 10 * own))
            verdict = f"{far:.2g}" if right else f"wrong: {far:.2g}"
    size = "×".join(str(s) for s in x.shape[1:])
    print(f"| `{name}` | {exporter or '.keras'} | {size} | {verdict} | {own:.2g} | "
          f"{time.monotonic() - start:.0f} s |", flush=True)
    for file in pathlib.Path().glob(f"{pathlib.Path(path).stem}*"):
        file.unlink()
    return right


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=lambda path: pathlib.Path(path).resolve(),
                        default=pathlib.Path(__file__).parents[2] / "build/release/bin")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    arguments = parser.parse_args()
    print("| model | from | input | distance | of others | compiled and run in |\n|---|---|---|--:|--:|--:|")
    right, count = True, 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for models in (torchvision_models, keras_models):
            try:
                for model in models(arguments.only):
                    right &= check(arguments, *model)
                    count += 1
            except ModuleNotFoundError as missing:
                print(f"left out: {missing}", file=sys.stderr)
    if not count:
        sys.exit("no model was checked")
    sys.exit(not right)


if __name__ == "__main__":
    main()
