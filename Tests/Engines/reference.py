"""What engine-door does, with an engine from Python: `reference.py ENGINE < PATHS`."""

import json, os, sys

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np

import values


def onnxruntime_answers(model, sets):
    import onnx, onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model, options)
    elements = {
        one.name: one.type.tensor_type.elem_type for one in onnx.load(model).graph.input}

    def feed(name, array):
        # Python's binding knows numpy's own types; others go in as bits, with their number.
        if isinstance(array, np.ndarray) and array.dtype.type.__module__ == "ml_dtypes":
            bits = array.view({1: np.uint8, 2: np.uint16}[array.dtype.itemsize])
            return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(bits, elements[name])
        return array

    names = [one.name for one in session.get_outputs()]
    for inputs in sets:
        yield dict(zip(names, session.run(None, {n: feed(n, a) for n, a in inputs.items()})))


def openvino_answers(model, sets):
    import openvino

    compiled = openvino.Core().compile_model(
        model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1})
    for inputs in sets:
        found = compiled(list(inputs.values()))
        yield {next(iter(port.names), f"output{i}"): found[i] for i, port in enumerate(compiled.outputs)}


def main():
    answers = {"onnxruntime": onnxruntime_answers, "openvino": openvino_answers}[sys.argv[1]]
    for line in sys.stdin:
        import pickle

        model, sets = pickle.load(open(line.strip(), "rb"))
        try:
            answer = {"outputs": [
                [values.to_json(part, array) for one in found.items()
                 for part, array in values.flat(*one).items()]
                for found in answers(model, sets)]}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
        print(json.dumps(answer), flush=True)


main()
