"""What a model becomes for other machines, and what it costs there.

    python3 deploy.py MODEL FOLDER
"""
import os
import sys

import frieze

path, folder = sys.argv[1:]
for target in ("x86-64", "aarch64", "cortex-m4"):
    model = frieze.compile(path, target=target, name="classifier")
    os.makedirs(os.path.join(folder, target), exist_ok=True)
    model.save(os.path.join(folder, target, "classifier.a"))
    costs = model.costs
    print(f"{target}: {costs.code_bytes} bytes of code, {costs.weights_bytes} of weights, "
          f"{costs.arena_bytes} of memory for a call")
for remark in model.remarks:
    print(remark)
