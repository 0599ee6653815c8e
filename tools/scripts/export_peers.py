#!/usr/bin/env python3
"""Writes a Keras model as files of the libraries that Frieze is measured beside.

    export_peers.py MODEL.keras FOLDER

They are FOLDER/MODEL.onnx (tf2onnx) and FOLDER/MODEL.tflite (TensorFlow), of the same
weights and of any batch. Needs Keras on TensorFlow, and tf2onnx.
"""
import argparse
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import tensorflow
import tf2onnx


def export(model, path, batch=None):
    """Writes path.onnx and path.tflite of a model with one input, for `batch` samples or,
    with None, any number; a .tflite file then has 1, and its input is resized."""
    # tf2onnx knows the error function, not its complement.
    keras.src.backend.nn.gelu = lambda x, approximate: (
        0.5 * x * (1 + tensorflow.math.erf(x * 0.5**0.5)))
    signature = tensorflow.TensorSpec((batch, *model.inputs[0].shape[1:]), tensorflow.float32, "x")
    function = tensorflow.function(lambda x: model(x, training=False), [signature])
    tf2onnx.convert.from_function(function, [signature], opset=18, output_path=path + ".onnx")
    converter = tensorflow.lite.TFLiteConverter.from_keras_model(model)
    with open(path + ".tflite", "wb") as file:
        file.write(converter.convert())


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL.keras")
    parser.add_argument("folder", metavar="FOLDER")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    name = os.path.splitext(os.path.basename(options.model))[0]
    export(keras.models.load_model(options.model), os.path.join(options.folder, name))


if __name__ == "__main__":
    main()
