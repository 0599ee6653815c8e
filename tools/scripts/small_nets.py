"""Nets of 50 µs to 1 ms of many kinds, for make_nets.py."""
from keras import layers

from net_blocks import attend, classify, conv, convolve, depthwise, feed

# --- Images --------------------------------------------------------------------


def convnext(x):
    """Depthwise convolutions of 7×7, layer norm, GELU (Liu et al., 2022)."""
    x = layers.LayerNormalization()(convolve(x, 48, 4, strides=4))
    for filters in 48, 96:
        if x.shape[-1] != filters:
            x = convolve(layers.LayerNormalization()(x), filters, 2, strides=2)
        for _ in range(2):
            y = layers.LayerNormalization()(layers.DepthwiseConv2D(7, padding="same")(x))
            y = layers.Dense(4 * filters, activation="gelu")(y)
            x = layers.Add()([x, layers.Dense(filters)(y)])
    return classify(x, 10)


def vit(x):
    """A vision transformer of 4 layers on patches of 8×8 (Dosovitskiy et al., 2021)."""
    x = layers.Reshape((49, 64))(layers.Conv2D(64, 8, strides=8)(x))
    for _ in range(4):
        x = feed(attend(x, 4, 16), 256)
    return classify(layers.LayerNormalization()(x), 10)


def shufflenet(x):
    """Halves of the channels, which are shuffled (Ma et al., 2018)."""
    x = layers.MaxPooling2D(3, 2, padding="same")(conv(x, 24, 3, strides=2))
    for filters, repeats in (48, 2), (96, 4):
        half = filters // 2
        left = conv(depthwise(x, 3, None, strides=2), half, 1)
        right = conv(depthwise(conv(x, half, 1), 3, None, strides=2), half, 1)
        for _ in range(repeats):
            x = layers.Concatenate()([left, right])
            height, width = x.shape[1:3]
            x = layers.Permute((1, 2, 4, 3))(layers.Reshape((height, width, 2, half))(x))
            x = layers.Reshape((height, width, filters))(x)
            left = x[..., :half]
            right = conv(depthwise(conv(x[..., half:], half, 1), 3, None), half, 1)
        x = layers.Concatenate()([left, right])
    return classify(x, 10)


def mobilenet_v3(x):
    """Hard swish, and squeeze-and-excite (Howard et al., 2019), six blocks."""
    x = conv(x, 16, 3, "hard_swish", strides=2)
    for filters, hidden, stride, width in ((16, 16, 2, 3), (24, 72, 2, 3), (24, 88, 1, 3),
                                           (40, 96, 2, 5), (40, 240, 1, 5), (48, 120, 1, 5)):
        y = conv(x, hidden, 1, "hard_swish")
        y = depthwise(y, width, "hard_swish", strides=stride)
        mean = layers.GlobalAveragePooling2D(keepdims=True)(y)
        gate = layers.Conv2D(hidden // 4, 1, activation="relu")(mean)
        gate = layers.Conv2D(hidden, 1, activation="hard_sigmoid")(gate)
        y = conv(layers.Multiply()([y, gate]), filters, 1, None)
        x = layers.Add()([x, y]) if y.shape == x.shape else y
    return classify(x, 10)


def squeezenet(x):
    """Narrow convolutions, then wide ones that are concatenated (Iandola et al., 2016)."""
    x = layers.MaxPooling2D(3, 2)(layers.Conv2D(64, 3, strides=2, activation="relu")(x))
    for narrow, wide, pools in ((16, 64, 0), (16, 64, 1), (32, 128, 0), (32, 128, 1), (48, 192, 0)):
        y = convolve(x, narrow, 1, activation="relu")
        x = layers.Concatenate()([convolve(y, wide, width, activation="relu") for width in (1, 3)])
        x = layers.MaxPooling2D(3, 2)(x) if pools else x
    return classify(x, 10)


def unet2d(x):
    """A U-Net of three levels with transposed convolutions, on 64×64 (Ronneberger, 2015)."""
    skips = []
    for filters in 16, 32, 64:
        x = conv(conv(x, filters, 3), filters, 3)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = conv(x, 128, 3)
    for filters, skip in zip((64, 32, 16), reversed(skips)):
        x = layers.Concatenate()([layers.Conv2DTranspose(filters, 2, strides=2)(x), skip])
        x = conv(conv(x, filters, 3), filters, 3)
    return layers.Conv2D(2, 1, activation="softmax")(x)


# --- Signals -------------------------------------------------------------------


def densenet1d(x):
    """Three blocks of six layers that read all before them (Huang et al., 2017)."""
    x = convolve(x, 32, 7, activation="relu")
    for _ in range(3):
        for _ in range(6):
            y = layers.ReLU()(layers.BatchNormalization()(x))
            y = convolve(convolve(y, 64, 1, activation="relu"), 16, 3)
            x = layers.Concatenate()([x, y])
        x = layers.AveragePooling1D(2)(convolve(x, x.shape[-1] // 2, 1))
    return classify(x, 5)


def resnet18_1d(x):
    """A residual net of 18 layers along one axis."""
    x = layers.MaxPooling1D(3, 2, padding="same")(conv(x, 64, 7, strides=2))
    for filters, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
                            (512, 1)):
        y = conv(conv(x, filters, 3, strides=stride), filters, 3, None)
        x = x if y.shape == x.shape else conv(x, filters, 1, None, strides=stride)
        x = layers.ReLU()(layers.Add()([x, y]))
    return classify(x, 5)


def xception1d(x):
    """Separable convolutions of 15 taps, with residuals (Chollet, 2017)."""
    x = conv(x, 32, 3)
    for filters in 64, 128, 128:
        rest = conv(x, filters, 1, None, strides=2)
        for _ in range(2):
            x = layers.SeparableConv1D(filters, 15, padding="same", use_bias=False)(
                layers.ReLU()(x))
            x = layers.BatchNormalization()(x)
        x = layers.Add()([layers.MaxPooling1D(3, 2, padding="same")(x), rest])
    return classify(x, 5)


def wavenet(x):
    """Gated causal convolutions, dilations up to 32 (van den Oord et al., 2016)."""
    x, skips = convolve(x, 32, 1), []
    for dilation in 1, 2, 4, 8, 16, 32:
        options = {"padding": "causal", "dilation_rate": dilation}
        y = layers.Multiply()([convolve(x, 32, 3, activation="tanh", **options),
                               convolve(x, 32, 3, activation="sigmoid", **options)])
        skips.append(convolve(y, 32, 1))
        x = layers.Add()([x, convolve(y, 32, 1)])
    return classify(layers.ReLU()(layers.Add()(skips)), 5)


def autoencoder1d(x):
    """Convolutions of 7 taps with strides, and transposed ones back."""
    for filters in 16, 32, 64:
        x = convolve(x, filters, 7, strides=2, activation="relu")
    for filters in 64, 32, 16:
        x = layers.Conv1DTranspose(filters, 7, strides=2, padding="same", activation="relu")(x)
    return convolve(x, 1, 7)


def audio_cnn(x):
    """A second of audio, filters of 80 taps first (Dai et al., 2017)."""
    for filters, width, stride in (64, 80, 4), (64, 3, 1), (128, 3, 1), (256, 3, 1):
        x = layers.MaxPooling1D(4)(conv(x, filters, width, strides=stride))
    return classify(x, 10)


def cnn_lstm(x):
    """Convolutions, an LSTM, and attention over its steps."""
    for filters in 32, 64:
        x = layers.MaxPooling1D(2)(convolve(x, filters, 5, activation="relu"))
    x = layers.LSTM(64, return_sequences=True)(x)
    weights = layers.Softmax(axis=1)(layers.Dense(1)(layers.Dense(32, activation="tanh")(x)))
    x = layers.Flatten()(layers.Dot(axes=1)([weights, x]))
    return layers.Dense(5, activation="softmax")(x)


def mixer(x):
    """Dense layers along the steps and along the channels (Tolstikhin et al., 2021)."""
    x = layers.Dense(64)(x)
    for _ in range(4):
        y = layers.Permute((2, 1))(layers.LayerNormalization()(x))
        y = layers.Dense(x.shape[1])(layers.Dense(64, activation="gelu")(y))
        x = feed(layers.Add()([x, layers.Permute((2, 1))(y)]), 128)
    return classify(x, 5)


# --- Texts ---------------------------------------------------------------------


def text_cnn(x):
    """Filters of 3 to 5 words, and the maximum of each (Kim, 2014)."""
    x = layers.Embedding(5000, 64)(x)
    x = layers.Concatenate()([layers.GlobalMaxPooling1D()(
        convolve(x, 64, width, padding="valid", activation="relu")) for width in (3, 4, 5)])
    return layers.Dense(4, activation="softmax")(x)


def text_transformer(x):
    """Attention of 8 heads over 200 words, normalised behind the sums."""
    x = layers.Embedding(5000, 128)(x)
    x = layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(8, 16)(x, x)]))
    y = layers.Dense(128)(layers.Dense(512, activation="relu")(x))
    return classify(layers.LayerNormalization()(layers.Add()([x, y])), 2)


SMALL_NETS = {
    "convnext": ((64, 64, 3), convnext),
    "vit": ((56, 56, 3), vit),
    "shufflenet": ((96, 96, 3), shufflenet),
    "mobilenet_v3": ((96, 96, 3), mobilenet_v3),
    "squeezenet": ((96, 96, 3), squeezenet),
    "unet2d": ((64, 64, 1), unet2d),
    "densenet1d": ((256, 1), densenet1d),
    "resnet18_1d": ((1000, 12), resnet18_1d),
    "xception1d": ((512, 12), xception1d),
    "wavenet": ((1024, 12), wavenet),
    "autoencoder1d": ((1024, 1), autoencoder1d),
    "audio_cnn": ((16000, 1), audio_cnn),
    "cnn_lstm": ((360, 2), cnn_lstm),
    "mixer": ((100, 12), mixer),
    "text_cnn": ((200,), text_cnn),
    "text_transformer": ((200,), text_transformer),
}
