"""Handwritten digits by LeNet-5 with batch norm in Keras.

    KERAS_BACKEND=jax python3 lenet_keras.py

The data is the 1,797 digits of 8x8 pixels that scikit-learn ships, each pixel made 4x4.
Batch norm stands after tanh, so that it can only become part of the layer behind it.
"""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

import frieze
import report

keras.utils.set_random_seed(1)
digits = load_digits()
images = np.kron(digits.images / 16, np.ones((4, 4)))[..., np.newaxis].astype(np.float32)

network = keras.Sequential([
    keras.Input((32, 32, 1)),
    layers.Conv2D(6, 5, activation="tanh"), layers.BatchNormalization(momentum=0.9),
    layers.AveragePooling2D(2),
    layers.Conv2D(16, 5, activation="tanh"), layers.BatchNormalization(momentum=0.9),
    layers.AveragePooling2D(2), layers.Flatten(),
    layers.Dense(120, activation="tanh"), layers.Dense(84, activation="tanh"),
    layers.Dense(10, activation="softmax")])
network.compile("adam", "sparse_categorical_crossentropy")
network.fit(images[:1500], digits.target[:1500], epochs=10, verbose=0)

model = frieze.compile(network)
images, labels = images[1500:], digits.target[1500:]
report.print_times(images, Frieze=model, Keras=network.predict_on_batch)
accuracy = np.mean(model(images).argmax(axis=1) == labels)
report.finish(frieze.compare(model, network, images), accuracy, at_least=0.88)
