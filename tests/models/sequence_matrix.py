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
        (L.LSTM, L.GRU), ("tanh", "relu", "hard_sigmoid", "softsign", "sigmoid")
    ):
        yield f"gates {layer.__name__} {function}", layer(3, recurrent_activation=function)
    yield "gates cell", L.RNN(L.LSTMCell(3, activation="elu", recurrent_activation="hard_sigmoid"))


@family(6, indices=4)
def attention_masks():
    """Attention to what counts: masks of the inputs, passed ones, and causal ones."""

    def embedded(build):
        """`build(sequence, other, tokens)`, both with the mask of the tokens that are not 0."""

        def call(x):
            sequence = L.Embedding(4, 4, mask_zero=True)(x)
            other = L.Embedding(4, 4, mask_zero=True)(x[:, 1:])
            # A row is never all masked, as versions of Keras differ there.
            return build(sequence, other, x)

        return call

    def flat(y):
        return L.Flatten()(y)

    flags = (False, True)
    attentions = {
        "dot": L.Attention,
        "scaled": lambda: L.Attention(use_scale=True),
        "concat": lambda: L.Attention(score_mode="concat"),
        "additive": L.AdditiveAttention,
        "additive plain": lambda: L.AdditiveAttention(use_scale=False),
    }
    for (name, make), causal in itertools.product(attentions.items(), flags):
        yield f"{name} own {causal}", embedded(
            lambda y, z, x, make=make, causal=causal: flat(make()([y, y], use_causal_mask=causal))
        )
        yield f"{name} other {causal}", embedded(
            lambda y, z, x, make=make, causal=causal: flat(
                make()([y, z, L.Dense(4)(z)], use_causal_mask=causal)
            )
        )
        yield f"{name} passed {causal}", embedded(
            lambda y, z, x, make=make, causal=causal: flat(
                make()(
                    [L.Dense(4)(y), y],
                    mask=[keras.ops.not_equal(x, 1), keras.ops.less(x, 3)],
                    use_causal_mask=causal,
                )
            )
        )
    yield "plain causal", lambda x: flat(
        L.Attention()([L.Embedding(4, 4)(x)] * 2, use_causal_mask=True)
    )
    # What is masked is left out of the average behind it.
    for name, make in attentions.items():
        yield f"{name} average", embedded(
            lambda y, z, x, make=make: L.GlobalAveragePooling1D()(make()([y, z]))
        )

    def heads(**chosen):
        return L.MultiHeadAttention(2, 3, **chosen)

    for causal, dropout in itertools.product(flags, (0.0, 0.3)):
        name = f"{causal} {dropout}"
        yield f"heads own {name}", embedded(
            lambda y, z, x, c=causal, d=dropout: flat(
                heads(dropout=d)(y, y, use_causal_mask=c)
            )
        )
        yield f"heads other {name}", embedded(
            lambda y, z, x, c=causal, d=dropout: flat(
                heads(dropout=d)(L.Embedding(4, 4)(x), z, use_causal_mask=c)
            )
        )
        yield f"heads key {name}", embedded(
            lambda y, z, x, c=causal, d=dropout: L.GlobalAveragePooling1D()(
                heads(dropout=d)(y, L.Dense(4)(z), key=z, use_causal_mask=c)
            )
        )

        def passed(y, z, x, c=causal, d=dropout):
            plain = L.Embedding(4, 4)(x)
            rows = keras.ops.expand_dims(x, -1)
            mask = keras.ops.less_equal(rows, keras.ops.expand_dims(x, 1))
            return flat(heads(dropout=d)(plain, plain, attention_mask=mask, use_causal_mask=c))

        yield f"heads passed {name}", embedded(passed)
    yield "heads outputs", embedded(
        lambda y, z, x: flat(heads(output_shape=3)(y, y))
    )

    def softmax(x):
        logits = L.Embedding(4, 6)(x)
        mask = keras.ops.greater_equal(logits, -0.02)
        return flat(L.Softmax()(logits, mask=mask))

    yield "softmax", softmax

    def softmax_of_scores(x):
        scores = L.Dense(6)(L.Embedding(4, 3)(x))
        mask = keras.ops.expand_dims(keras.ops.not_equal(x, 0), 1)
        return flat(L.Softmax()(scores, mask=mask))

    yield "softmax of scores", softmax_of_scores
