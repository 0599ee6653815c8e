#!/usr/bin/env python3
"""Print a model that takes seconds to compile: convolutions no two of which are equal.

    long_model.py [LAYERS]
"""
import sys

FIRST = 17


def main(layers=45):
    print(f"func.func @model(%v0: tensor<1x64x{FIRST}xf32> {{nn.name = \"x\"}}) -> "
          f"(tensor<1x64x{FIRST + layers}xf32> {{nn.name = \"y\"}}) {{")
    for layer in range(layers):
        channels = FIRST + layer
        print(f"  %v{layer + 1} = nn.conv %v{layer} "
              f"kernel(dense<0.01> : tensor<3x{channels}x{channels + 1}xf32>) "
              f"padding = [1, 1] epilogue(tanh) : tensor<1x64x{channels}xf32> -> "
              f"tensor<1x64x{channels + 1}xf32> loc(\"conv{layer}\")")
    print(f"  return %v{layers} : tensor<1x64x{FIRST + layers}xf32>\n}}")


main(*map(int, sys.argv[1:]))
