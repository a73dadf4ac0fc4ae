"""FPGA cores for iterative segmentation networks: quantise, run, evaluate, emit, simulate.

Every function does what the ``hwgen`` command of its name does, and takes that command's flags as keywords, dashes as
underscores. What is wrong raises `HwgenError` with the command's code, text and help. Long work runs without the
interpreter's lock; Ctrl-C takes effect when it has come to its end.
"""

from ._core import Core, Simulation, cost, emit, evaluate
from ._model import Frame, Model, quantize
from ._native import __version__
from .errors import HwgenError

__all__ = ["Core", "Frame", "HwgenError", "Model", "Simulation", "__version__", "cost", "emit", "evaluate", "quantize"]
