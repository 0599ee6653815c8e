"""Stands in for OpenVINO where it is not installed."""
raise ModuleNotFoundError("No module named 'openvino'", name="openvino")
