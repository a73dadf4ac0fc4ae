"""The notebook, run from the beginning: what comes out is what stands in it. HWGEN_UPDATE_GOLDEN=1 writes it anew."""

import base64
import io
import os
import shutil
from pathlib import Path

import nbformat
import numpy
import pytest
from nbclient import NotebookClient
from PIL import Image

NOTEBOOK = Path(__file__).parents[2] / "examples/segmentation.ipynb"


def shown(cell):
    """What a cell put out, without what differs from run to run: texts, and pictures as pixels."""
    outputs = []
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            pixels = numpy.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))))
            outputs.append((pixels.shape, pixels.tobytes()))
        else:
            outputs.append(output.get("text") or data.get("text/plain"))
    return outputs


def test_the_notebook_gives_what_stands_in_it():
    if shutil.which("verilator") is None:
        assert os.environ.get("CI") != "true", "verilator is not installed (make setup installs it)"
        pytest.skip("verilator is not installed (make setup installs it)")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    wanted = [shown(cell) for cell in notebook.cells if cell.cell_type == "code"]
    place = {"metadata": {"path": NOTEBOOK.parent}}
    client = NotebookClient(notebook, timeout=600, startup_timeout=300, resources=place, record_timing=False)
    client.execute()
    got = [shown(cell) for cell in notebook.cells if cell.cell_type == "code"]
    if os.environ.get("HWGEN_UPDATE_GOLDEN"):
        nbformat.write(notebook, NOTEBOOK)
        return
    assert sum(isinstance(output, tuple) for cell in got for output in cell) == 2, "pictures"
    assert got == wanted
