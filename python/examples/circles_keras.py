"""Which of two circles a point is on: a small network in Keras.

    KERAS_BACKEND=jax python3 circles_keras.py

The data is made by scikit-learn: points on a circle and on one inside it, with noise.
"""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_circles

import frieze
import report

keras.utils.set_random_seed(1)
points, labels = make_circles(4000, noise=0.1, factor=0.5, random_state=1)
points = points.astype(np.float32)

network = keras.Sequential([
    keras.Input((2,)),
    layers.Dense(50), layers.BatchNormalization(), layers.ReLU(),
    layers.Dense(1, activation="sigmoid")])
network.compile("adam", "binary_crossentropy")
network.fit(points[:3000], labels[:3000], epochs=20, verbose=0)

model = frieze.compile(network)
points, labels = points[3000:], labels[3000:]
report.print_times(points, Frieze=model, Keras=network.predict_on_batch)
accuracy = np.mean((model(points)[:, 0] > 0.5) == labels)
report.finish(frieze.compare(model, network, points), accuracy, at_least=0.97)
