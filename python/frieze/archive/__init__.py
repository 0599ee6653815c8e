"""Archives of recordings, and tables of windows: beats and scores of many at once.

`scan` finds the beats of recordings, and `score` runs a model on the rows of a table: in
this process, or on the workers of Spark or Ray. pyarrow is needed for either, and imported
when it is used, as are the engines.
"""
from ._output import Scanned
from ._scan import scan
from ._score import score

__all__ = ["Scanned", "scan", "score"]
