"""Layers on sequences with states and masks: families of layer_matrix.py."""

import itertools

import keras
from keras import layers as L
from layer_matrix import family


@family(7, 4)
def states():
    """States that recurrent layers return and begin with, and what they compute with."""

    def joined(outputs):
        return L.Concatenate()([L.Flatten()(y) for y in keras.tree.flatten(outputs)])

    def returned(layer):
        return lambda x: joined(layer(x))

    def started(layer, from_layer):
        """From what another layer ends with, as in nets that encode and decode."""

        def build(x):
            _, *ends = from_layer(x)
            return joined(layer(x, initial_state=ends))

        return build

    def from_input(layer, count):
        def build(x):
            starts = [L.Dense(3, "tanh")(x[:, step]) for step in range(count)]
            return joined(layer(x, initial_state=starts))

        return build

    def masked(layer):
        return lambda x: joined(layer(L.Masking(0.0)(L.ReLU()(x - 1.2))))

    kinds = [(L.LSTM, 2), (L.GRU, 1), (L.SimpleRNN, 1)]
    flags = (False, True)
    for (layer, count), sequences, backwards in itertools.product(kinds, flags, flags):
        name = f"{layer.__name__} {sequences} {backwards}"
        chosen = {"return_sequences": sequences, "go_backwards": backwards, "return_state": True}
        yield f"returned {name}", returned(layer(3, **chosen))
        yield f"masked {name}", masked(layer(3, **chosen))
        yield f"from layer {name}", started(layer(3, **chosen), layer(3, return_state=True))
        yield f"from input {name}", from_input(layer(3, **chosen), count)
    for layer, _ in kinds:
        name = layer.__name__
        yield f"zeros {name}", masked(
            layer(3, return_sequences=True, return_state=True, zero_output_for_mask=True)
        )
    for (layer, _), mode, sequences in itertools.product(kinds, ("concat", "sum", None), flags):
        both = L.Bidirectional(
            layer(3, return_sequences=sequences, return_state=True), merge_mode=mode
        )
        again = L.Bidirectional(layer(3, return_sequences=True), merge_mode="ave")
        name = f"both {layer.__name__} {mode} {sequences}"
        yield name, returned(both)
        if mode == "concat":
            yield f"{name} from layer", started(again, both)
            yield f"{name} masked", masked(
                L.Bidirectional(layer(3, return_sequences=sequences, return_state=True))
            )
    cells = {
        "lstm gru": lambda: [L.LSTMCell(3), L.GRUCell(2)],
        "two lstm": lambda: [L.LSTMCell(3), L.LSTMCell(3)],
        "rnn gru lstm": lambda: [
            L.SimpleRNNCell(2),
            L.GRUCell(3, reset_after=False),
            L.LSTMCell(3, use_bias=False),
        ],
    }
    for (name, make), sequences, backwards in itertools.product(cells.items(), flags, flags):
        chosen = {"return_sequences": sequences, "go_backwards": backwards}
        yield f"cells {name} {sequences} {backwards}", L.RNN(make(), **chosen)
        yield f"cells {name} {sequences} {backwards} state", returned(
            L.RNN(make(), return_state=True, **chosen)
        )
    yield "cells masked", masked(L.RNN(cells["lstm gru"](), return_sequences=True))
    yield "cells from layer", started(
        L.RNN(cells["lstm gru"](), return_state=True),
        L.RNN([L.LSTMCell(3), L.SimpleRNNCell(2)], return_state=True),
    )
    yield "both cells", L.Bidirectional(L.RNN(cells["two lstm"](), return_sequences=True))
    for (layer, _), function in itertools.product(
        kinds,
        ("relu", "elu", "selu", "sigmoid", "hard_sigmoid", "softplus", "softsign", "silu", "gelu",
         "mish", "relu6", "leaky_relu", "hard_tanh", "linear"),
    ):
        yield f"activation {layer.__name__} {function}", layer(3, activation=function)
    for layer, function in itertools.product(
        (L.LSTM, L.GRU), ("tanh", "relu", "hard_sigmoid", "softsign", "linear")
    ):
        yield f"gates {layer.__name__} {function}", layer(3, recurrent_activation=function)
    yield "gates cell", L.RNN(L.LSTMCell(3, activation="elu", recurrent_activation="hard_sigmoid"))
