"""What nets of make_nets.py are made of."""
from keras import layers


def convolve(x, filters, width, **options):
    """A convolution along one axis, or both of an image."""
    kind = layers.Conv1D if len(x.shape) == 3 else layers.Conv2D
    return kind(filters, width, padding=options.pop("padding", "same"), **options)(x)


def conv(x, filters, width, activation="relu", **options):
    """A convolution without bias, batch norm, and an activation, or none."""
    x = layers.BatchNormalization()(convolve(x, filters, width, use_bias=False, **options))
    return layers.Activation(activation)(x) if activation else x


def depthwise(x, width, activation="relu", **options):
    """The same of a depthwise convolution."""
    kind = layers.DepthwiseConv1D if len(x.shape) == 3 else layers.DepthwiseConv2D
    x = kind(width, padding="same", use_bias=False, **options)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation(activation)(x) if activation else x


def classify(x, classes):
    """The mean of all positions, and a dense layer with softmax."""
    pool = layers.GlobalAveragePooling1D if len(x.shape) == 3 else layers.GlobalAveragePooling2D
    return layers.Dense(classes, activation="softmax")(pool()(x))


def attend(x, heads, width):
    """Attention over its own normalised positions, added."""
    normal = layers.LayerNormalization(epsilon=1e-6)(x)
    return layers.Add()([x, layers.MultiHeadAttention(heads, width)(normal, normal)])


def feed(x, hidden):
    """Two dense layers with GELU on the normalised channels, added."""
    normal = layers.LayerNormalization(epsilon=1e-6)(x)
    return layers.Add()([x, layers.Dense(x.shape[-1])(
        layers.Dense(hidden, activation="gelu")(normal))])
