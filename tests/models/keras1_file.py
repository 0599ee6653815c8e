"""Writes models as Keras 1.2 did: configs under its names, weights in its layouts."""

import json

import h5py
import numpy as np

MERGE_MODES = {
    "Add": "sum",
    "Average": "ave",
    "Concatenate": "concat",
    "Maximum": "max",
    "Multiply": "mul",
}


def name_function(function):
    """The name of an activation."""
    return getattr(function, "__name__", function)


def describe_window(layer, config):
    """What convolutions and poolings in 2-D have in common."""
    config |= {"border_mode": layer.padding, "dim_ordering": order_axes(layer)}
    return config


def order_axes(layer):
    """Keras 1's `dim_ordering`."""
    return {"channels_first": "th", "channels_last": "tf"}[layer.data_format]


def describe_conv(layer):
    """Class and config of a convolution."""
    config = {"nb_filter": layer.filters, "activation": name_function(layer.activation)}
    config |= {"init": "glorot_uniform", "bias": layer.use_bias, "W_regularizer": None}
    config |= {"activity_regularizer": None, "b_constraint": None, "input_dim": None}
    is_dilated = max(layer.dilation_rate) > 1
    name = type(layer).__name__
    if name == "Conv1D":
        config |= {"filter_length": layer.kernel_size[0], "border_mode": layer.padding}
        config |= {"subsample_length": layer.strides[0], "input_length": None}
        if is_dilated:
            config["atrous_rate"] = layer.dilation_rate[0]
        return "AtrousConvolution1D" if is_dilated else "Convolution1D", config
    config |= {"nb_row": layer.kernel_size[0], "nb_col": layer.kernel_size[1]}
    config = describe_window(layer, config | {"subsample": list(layer.strides)})
    if name == "SeparableConv2D":
        config |= {"depth_multiplier": layer.depth_multiplier, "depthwise_init": "uniform"}
        return "SeparableConvolution2D", config
    if is_dilated:
        config["atrous_rate"] = list(layer.dilation_rate)
    return "AtrousConvolution2D" if is_dilated else "Convolution2D", config


def describe_recurrent(layer):
    """Config of a recurrent layer."""
    config = {"output_dim": layer.units, "init": "glorot_uniform", "inner_init": "orthogonal"}
    config |= {"activation": name_function(layer.activation), "W_regularizer": None}
    config |= {"return_sequences": layer.return_sequences, "go_backwards": layer.go_backwards}
    config |= {"stateful": False, "unroll": False, "consume_less": "cpu", "input_length": None}
    config |= {"dropout_W": 0.1, "dropout_U": 0.2, "U_regularizer": None, "b_regularizer": None}
    if type(layer).__name__ != "SimpleRNN":
        config["inner_activation"] = name_function(layer.recurrent_activation)
    if type(layer).__name__ == "LSTM":
        config["forget_bias_init"] = "one"
    return config


def describe(layer):
    """Class and config of a layer, but for its name."""
    name = type(layer).__name__
    if name in ("Conv1D", "Conv2D", "SeparableConv2D"):
        return describe_conv(layer)
    if name in ("GRU", "LSTM", "SimpleRNN"):
        return name, describe_recurrent(layer)
    if name == "Bidirectional":
        inner, config = describe(layer.forward_layer)
        config["name"] = layer.forward_layer.name
        layer = {"class_name": inner, "config": config}
        return name, {"merge_mode": "concat", "layer": layer}
    if name in MERGE_MODES:
        config = {"mode": MERGE_MODES[name], "mode_type": "raw", "output_shape_type": "raw"}
        config |= {"dot_axes": -1, "output_shape": None, "output_mask": None, "arguments": {}}
        return "Merge", config | {"concat_axis": getattr(layer, "axis", -1)}
    if name == "Dense":
        config = {"output_dim": layer.units, "activation": name_function(layer.activation)}
        return name, config | {"bias": layer.use_bias, "init": "he_normal", "input_dim": None}
    if name == "Embedding":
        config = {"input_dim": layer.input_dim, "output_dim": layer.output_dim, "dropout": 0.2}
        return name, config | {"input_dtype": "int32", "mask_zero": False, "init": "uniform"}
    if name == "Dropout":
        return name, {"p": layer.rate}
    if name == "Activation":
        return name, {"activation": name_function(layer.activation)}
    if name == "BatchNormalization":
        axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
        return name, {"axis": axis, "epsilon": layer.epsilon, "mode": 0, "momentum": 0.99}
    if name in ("MaxPooling1D", "AveragePooling1D"):
        config = {"pool_length": layer.pool_size[0], "stride": layer.strides[0]}
        return name, config | {"border_mode": layer.padding}
    if name in ("MaxPooling2D", "AveragePooling2D"):
        config = {"pool_size": list(layer.pool_size), "strides": list(layer.strides)}
        return name, describe_window(layer, config)
    if name in ("GlobalAveragePooling2D", "GlobalMaxPooling2D"):
        return name, {"dim_ordering": order_axes(layer)}
    if name == "ZeroPadding2D":
        (top, bottom), (left, right) = layer.padding
        return name, {"padding": [top, bottom, left, right], "dim_ordering": order_axes(layer)}
    if name == "Cropping2D":
        return name, {"cropping": layer.cropping, "dim_ordering": order_axes(layer)}
    if name == "UpSampling2D":
        return name, {"size": list(layer.size), "dim_ordering": order_axes(layer)}
    if name == "UpSampling1D":
        return name, {"length": layer.size}
    return name, {
        key: value
        for key, value in layer.get_config().items()
        if key in ("target_shape", "dims", "alpha", "padding", "cropping")
    }


def store_weights(layer, is_flipped):
    """The weights of a layer, by Keras 1's names for them."""
    name, values = type(layer).__name__, layer.get_weights()
    if name == "Bidirectional":
        sides = {"forward": layer.forward_layer, "backward": layer.backward_layer}
        return {
            f"{side}_{key}": value
            for side, inner in sides.items()
            for key, value in store_weights(inner, is_flipped).items()
        }
    if name == "BatchNormalization":
        return dict(zip(["gamma", "beta", "running_mean", "running_std"], values, strict=True))
    if name in ("LSTM", "GRU"):
        # A kernel, recurrent kernel and bias for each gate.
        gates = "ifco" if name == "LSTM" else "zrh"
        parts = [np.split(value, len(gates), axis=-1) for value in values]
        return {
            f"{kind}_{gate}": part[gates.index(gate)]
            for gate in ("icfo" if name == "LSTM" else gates)
            for kind, part in zip("WUb", parts, strict=True)
        }
    if name == "SimpleRNN":
        return dict(zip("WUb", values, strict=True))
    names = ["W", "b"]
    if name == "SeparableConv2D":
        names = ["depthwise_kernel", "pointwise_kernel", "b"]
    if is_flipped and name == "Conv1D":
        values[0] = values[0][::-1]
    if is_flipped and name in ("Conv2D", "SeparableConv2D"):
        values[0] = values[0][::-1, ::-1]
    if name == "Conv1D":
        values[0] = values[0][:, None]
        if is_flipped:
            values[0] = values[0].transpose(3, 2, 0, 1)
    elif len(values) > 0 and getattr(layer, "data_format", "") == "channels_first":
        values = [v.transpose(3, 2, 0, 1) if v.ndim == 4 else v for v in values]
    return dict(zip(names, values, strict=False))


def describe_model(net):
    """The config of a model."""
    is_sequential = type(net).__name__ == "Sequential"
    entries = []
    for layer in net.layers:
        class_name, config = describe(layer)
        config |= {"name": layer.name, "trainable": True}
        if class_name == "InputLayer" or (is_sequential and layer is net.layers[0]):
            shape = layer.batch_shape if class_name == "InputLayer" else net.input_shape
            config |= {"batch_input_shape": shape}
            config.setdefault("input_dtype", "float32")
        entries.append({"class_name": class_name, "config": config})
        if not is_sequential:
            nodes = layer._inbound_nodes[0].parent_nodes
            calls = [[node.operation.name, 0, 0] for node in nodes]
            entries[-1] |= {"name": layer.name, "inbound_nodes": [calls] if calls else []}
    if is_sequential:
        return {"class_name": "Sequential", "config": entries}
    config = {"name": net.name, "layers": entries}
    for key, tensors in ("input_layers", net.inputs), ("output_layers", net.outputs):
        config[key] = [[tensor._keras_history[0].name, 0, 0] for tensor in tensors]
    return {"class_name": "Model", "config": config}


def write(net, path, is_theano):
    """Write a model without nested ones; `is_theano` as its backend did."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"1.2.2"
        file.attrs["model_config"] = json.dumps(describe_model(net)).encode()
        root = file.create_group("model_weights")
        if is_theano:
            root.attrs["backend"] = b"theano"
        root.attrs["layer_names"] = [layer.name.encode() for layer in net.layers]
        for layer in net.layers:
            weights = store_weights(layer, is_theano)
            group = root.create_group(layer.name)
            group.attrs["weight_names"] = [f"{layer.name}_{name}".encode() for name in weights]
            for name, value in weights.items():
                group[f"{layer.name}_{name}"] = value
