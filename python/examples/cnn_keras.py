"""Handwritten digits by a convolutional network with batch norm in Keras.

    KERAS_BACKEND=jax python3 cnn_keras.py

The data is the 1,797 digits of 8x8 pixels that scikit-learn ships, each pixel made 3x3,
with an edge of 2. The network is made for larger pictures; these train in seconds.
"""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

import frieze
import report

keras.utils.set_random_seed(1)
digits = load_digits()
images = np.kron(digits.images / 16, np.ones((3, 3)))
images = np.pad(images, ((0, 0), (2, 2), (2, 2)))[..., np.newaxis].astype(np.float32)

network = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, 3), layers.BatchNormalization(momentum=0.9), layers.ReLU(),
    layers.Conv2D(32, 3), layers.BatchNormalization(momentum=0.9), layers.ReLU(),
    layers.MaxPooling2D(2), layers.Flatten(),
    layers.Dense(64), layers.BatchNormalization(momentum=0.9), layers.ReLU(),
    layers.Dense(10, activation="softmax")])
network.compile("adam", "sparse_categorical_crossentropy")
network.fit(images[:1500], digits.target[:1500], epochs=3, batch_size=32, verbose=0)

model = frieze.compile(network)
images, labels = images[1500:], digits.target[1500:]
report.print_times(images, Frieze=model, Keras=network.predict_on_batch)
accuracy = np.mean(model(images).argmax(axis=1) == labels)
report.finish(frieze.compare(model, network, images), accuracy, at_least=0.86)
