"""Runs ONNX graphs in onnxruntime for hwgen: requests on standard input, answers on standard output.

A request is a line of JSON, {"model": bytes, "image": [H, W]}, then the model, then the image, H·W·3 bytes. An answer is
a line of JSON, {"outputs": [{"name": …, "shape": […]}, …]}, then all values of all outputs as little-endian 64-bit
integers; or {"error": text} alone. The first line of all says which versions run here, or why none does.
"""

import json
import sys


def answer(document, data=b""):
    sys.stdout.buffer.write(json.dumps(document).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


try:
    import numpy
    import onnx
    import onnxruntime
except ImportError as error:
    answer({"error": str(error)})
    sys.exit(0)


def shapeless(graph):
    """Names of the values of `graph`, bodies included, whose shapes nothing says."""
    known = {value.name for value in (*graph.input, *graph.output, *graph.value_info)}
    for node in graph.node:
        yield from (name for name in node.output if name not in known)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from shapeless(attribute.g)


def run(data, image):
    model = onnx.load_model_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    # The types and shapes in the file against those that ONNX infers.
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    missing = next(shapeless(model.graph), None)
    if missing is not None:
        raise ValueError(f"`{missing}` has no shape")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    values = session.run(names, {"image": image[numpy.newaxis]})
    outputs = [{"name": name, "shape": list(value.shape)} for name, value in zip(names, values)]
    return {"outputs": outputs}, b"".join(value.astype("<i8").tobytes() for value in values)


def main():
    answer({"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__})
    source = sys.stdin.buffer
    while line := source.readline():
        request = json.loads(line)
        data = source.read(request["model"])
        height, width = request["image"]
        image = numpy.frombuffer(source.read(height * width * 3), numpy.uint8).reshape(height, width, 3)
        try:
            answer(*run(data, image))
        except Exception as error:  # whatever is wrong with a graph is the answer
            answer({"error": f"{type(error).__name__}: {error}"})


main()
