"""Packages that are imported when they are used."""
import importlib.util

from .._diagnostics import Error


def require(package: str, extra: str) -> None:
    """Raises Error, with what to install, where a package is missing."""
    if importlib.util.find_spec(package) is None:
        raise Error(f"expects the package {package}, but it is not installed; "
                    f"pip install 'frieze[{extra}]' brings it")
