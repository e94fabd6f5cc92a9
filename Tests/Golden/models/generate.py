"""Makes the ONNX models of the tests and, with Python's onnxruntime, the answers they must give.

    python3 -m venv VENV && VENV/bin/pip install onnx==1.23.2 onnxruntime==1.28.0 numpy
    VENV/bin/python Tests/Golden/models/generate.py

Writes *.onnx and goldens.json beside itself. Contents are base64: raw little-endian bytes, or for
BYTES a list with one item per string.
"""

import base64, ctypes, json, pathlib
import numpy as np, onnx, onnxruntime
from onnx import TensorProto as T, helper as h, numpy_helper as nh

HERE = pathlib.Path(__file__).parent
ELEMENTS = {
    "BOOL": T.BOOL, "UINT8": T.UINT8, "UINT16": T.UINT16, "UINT32": T.UINT32, "UINT64": T.UINT64,
    "INT8": T.INT8, "INT16": T.INT16, "INT32": T.INT32, "INT64": T.INT64, "FP16": T.FLOAT16,
    "BF16": T.BFLOAT16, "FP32": T.FLOAT, "FP64": T.DOUBLE, "BYTES": T.STRING,
}
NAMES = {number: name for name, number in ELEMENTS.items()}
CASES = []


def tensor(name, datatype, shape):
    return h.make_tensor_value_info(name, ELEMENTS[datatype], shape)


def save(name, nodes, inputs, outputs, constants=(), opset=20, ml=False, check=True):
    graph = h.make_graph(nodes, name, inputs, outputs, list(constants))
    opsets = [h.make_opsetid("", opset)] + ([h.make_opsetid("ai.onnx.ml", 3)] if ml else [])
    model = h.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="slipway")
    if check:
        onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def encode(name, array, datatype):
    if datatype == "BYTES":
        contents = [base64.b64encode(bytes(item)).decode() for item in array.ravel()]
    else:
        contents = base64.b64encode(array.tobytes()).decode()
    return {"name": name, "datatype": datatype, "shape": list(array.shape), "contents": contents}


def run_arrays(session, wanted, inputs):
    """Python's binding takes strings as text in arrays only."""
    feeds = {
        name: np.vectorize(bytes.decode, otypes=[object])(array) if datatype == "BYTES" else array
        for name, (datatype, array) in inputs.items()
    }
    outputs = []
    for name, array in zip(wanted, session.run(wanted, feeds)):
        if array.dtype == object:
            outputs.append(encode(name, np.vectorize(str.encode, otypes=[object])(array), "BYTES"))
        else:
            outputs.append(encode(name, array, NAMES[h.np_dtype_to_tensor_dtype(array.dtype)]))
    return outputs


def run_values(session, wanted, inputs):
    """Takes and gives memory, so that BF16, which numpy has not, passes as it is."""
    value_of = onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type
    feeds = {
        name: value_of(np.asarray(array, order="C"), ELEMENTS[datatype])
        for name, (datatype, array) in inputs.items()
    }
    outputs = []
    for name, value in zip(wanted, session.run_with_ort_values(wanted, feeds)):
        datatype, shape = NAMES[value.element_type()], value.shape()
        if datatype == "BF16":
            size = int(np.prod(shape)) * 2
            memory = ctypes.string_at(value.data_ptr(), size)
            outputs.append(encode(name, np.frombuffer(memory, np.uint16).reshape(shape), datatype))
        else:
            outputs.append(encode(name, value.numpy(), datatype))
    return outputs


def case(model, title, inputs):
    """`inputs`: name -> (datatype, array). Strings as arrays of bytes; BF16 as uint16."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        HERE / f"{model}.onnx", options, providers=["CPUExecutionProvider"])
    wanted = [output.name for output in session.get_outputs() if output.type.startswith("tensor(")]
    if any(datatype == "BYTES" for datatype, _ in inputs.values()):
        outputs = run_arrays(session, wanted, inputs)
    else:
        outputs = run_values(session, wanted, inputs)
    CASES.append({
        "model": model, "title": title,
        "inputs": [encode(name, array, datatype) for name, (datatype, array) in inputs.items()],
        "outputs": outputs,
    })


def strings(*items):
    array = np.empty(len(items), object)
    array[:] = items
    return array


def mlp():
    random = np.random.default_rng(7)
    def constant(name, array):
        return nh.from_array(array.astype(np.float32), name)
    save(
        "mlp",
        [h.make_node("Gemm", ["x", "w1", "b1"], ["hidden"]),
         h.make_node("Relu", ["hidden"], ["active"]),
         h.make_node("Gemm", ["active", "w2", "b2"], ["logits"]),
         h.make_node("Softmax", ["logits"], ["probabilities"], axis=-1)],
        [tensor("x", "FP32", ["batch", 30])], [tensor("probabilities", "FP32", ["batch", 2])],
        [constant("w1", random.standard_normal((30, 64)) / 5),
         constant("b1", random.standard_normal(64)),
         constant("w2", random.standard_normal((64, 2)) / 8),
         constant("b2", random.standard_normal(2))])
    for batch in (1, 7, 0):
        x = random.standard_normal((batch, 30)).astype(np.float32)
        case("mlp", f"batch of {batch}", {"x": ("FP32", x)})


def every_datatype():
    dense = [datatype for datatype in ELEMENTS if datatype != "BYTES"]
    def info(prefix):
        return [tensor(f"{prefix}_{d}", d, ["rows", 3]) for d in dense]
    save("every-datatype",
         [h.make_node("Identity", [f"in_{d}"], [f"out_{d}"]) for d in dense],
         info("in"), info("out"))
    kinds = {"UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64,
             "INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64}
    inputs = {}
    for datatype in dense:
        if datatype in kinds:
            limits = np.iinfo(kinds[datatype])
            array = np.array([[limits.min, 0, limits.max], [1, 2, 3]], kinds[datatype])
        elif datatype == "BOOL":
            array = np.array([[True, False, True], [False, False, True]])
        elif datatype == "BF16":
            array = np.array([[0x3F80, 0xC000, 0x7F80], [0x0001, 0x0000, 0x4049]], np.uint16)
        else:
            kind = {"FP16": np.float16, "FP32": np.float32, "FP64": np.float64}[datatype]
            limits = np.finfo(kind)
            array = np.array([[limits.min, -0.0, limits.max], [np.inf, limits.tiny, 1 / 3]], kind)
        inputs[f"in_{datatype}"] = (datatype, array)
    case("every-datatype", "two rows of each", inputs)
    none = {name: (d, array[:0]) for name, (d, array) in inputs.items()}
    case("every-datatype", "no rows of each", none)


def string_concat():
    save("strings",
         [h.make_node("StringConcat", ["left", "right"], ["joined"]),
          h.make_node("Identity", ["left"], ["same"]),
          h.make_node("Add", ["weight", "weight"], ["doubled"])],
         [tensor("left", "BYTES", ["n"]), tensor("weight", "FP64", [2]),
          tensor("right", "BYTES", ["n"])],
         [tensor("joined", "BYTES", ["n"]), tensor("doubled", "FP64", [2]),
          tensor("same", "BYTES", ["n"])])
    weight = ("FP64", np.array([1.5, -2.0]))
    case("strings", "empty and non-ASCII", {
        "left": ("BYTES", strings(b"", "\u00e9".encode(), b"slip", b"", b"x" * 40)),
        "right": ("BYTES", strings(b"", "\u65e5".encode(), b"way", b"end", b"y")),
        "weight": weight})
    case("strings", "none", {
        "left": ("BYTES", strings()), "right": ("BYTES", strings()), "weight": weight})


def dynamic():
    save("dynamic",
         [h.make_node("Add", ["a", "b"], ["added"]),
          h.make_node("Mul", ["added", "scale"], ["scaled"]),
          h.make_node("ReduceSum", ["scaled", "axis"], ["total"], keepdims=0)],
         [tensor("a", "FP32", ["batch", "width"]), tensor("b", "FP32", ["batch", "width"]),
          tensor("scale", "FP32", [])],
         [tensor("scaled", "FP32", ["batch", "width"]), tensor("total", "FP32", ["batch"])],
         [nh.from_array(np.array([1], np.int64), "axis")])
    random = np.random.default_rng(8)
    for batch, width in ((1, 1), (3, 5)):
        a, b = (random.standard_normal((batch, width)).astype(np.float32) for _ in range(2))
        case("dynamic", f"{batch} rows of {width}",
             {"scale": ("FP32", np.array(2.5, np.float32)), "b": ("FP32", b), "a": ("FP32", a)})
    save("any-rank", [h.make_node("Identity", ["x"], ["y"])],
         [tensor("x", "INT32", None)], [tensor("y", "INT32", None)],
         check=False)  # ONNX asks for the shape of an input, but exporters leave it out
    save("unnamed", [h.make_node("Identity", ["x"], ["y"])],
         [tensor("x", "INT32", [None, 2])], [tensor("y", "INT32", [None, 2])])
    for shape in ((), (2,), (1, 2, 3)):
        x = np.arange(int(np.prod(shape)), dtype=np.int32).reshape(shape)
        case("any-rank", f"rank {len(shape)}", {"x": ("INT32", x)})


def other_kinds():
    x = tensor("x", "FP32", ["n"])
    parts = h.make_tensor_sequence_value_info("parts", T.FLOAT, None)
    split = h.make_node("SplitToSequence", ["x"], ["parts"], axis=0)
    same = h.make_node("Identity", ["x"], ["same"])
    save("sequence-output", [split, same], [x], [parts, tensor("same", "FP32", ["n"])])
    case("sequence-output", "the tensor beside it", {"x": ("FP32", np.ones(2, np.float32))})
    save("only-sequence-output", [split], [x], [parts])
    save("sequence-input", [h.make_node("SequenceLength", ["parts"], ["count"])],
         [parts], [tensor("count", "INT64", [])])
    maps = h.make_value_info("scores", h.make_sequence_type_proto(
        h.make_map_type_proto(T.INT64, h.make_tensor_type_proto(T.FLOAT, None))))
    save("classifier",
         [h.make_node("LinearClassifier", ["x"], ["label", "raw"], domain="ai.onnx.ml",
                      coefficients=[1.0, -1.0, -1.0, 1.0], intercepts=[0.0, 0.0],
                      classlabels_ints=[0, 1], post_transform="SOFTMAX"),
          h.make_node("ZipMap", ["raw"], ["scores"], domain="ai.onnx.ml",
                      classlabels_int64s=[0, 1])],
         [tensor("x", "FP32", ["n", 2])], [tensor("label", "INT64", ["n"]), maps], ml=True)
    float8 = h.make_tensor_value_info("small", T.FLOAT8E4M3FN, ["n"])
    save("float8-output", [h.make_node("Cast", ["x"], ["small"], to=T.FLOAT8E4M3FN), same], [x],
         [float8, tensor("same", "FP32", ["n"])])


def loop():
    body = h.make_graph(
        [h.make_node("Identity", ["keep_on"], ["keep_on_out"]),
         h.make_node("Mul", ["value", "value"], ["value_out"])],
        "body",
        [tensor("i", "INT64", []), tensor("keep_on", "BOOL", []), tensor("value", "FP32", [4])],
        [tensor("keep_on_out", "BOOL", []), tensor("value_out", "FP32", [4])])
    save("loop",
         [h.make_node("Loop", ["times", "yes", "start"], ["result"], body=body)],
         [tensor("times", "INT64", []), tensor("start", "FP32", [4])],
         [tensor("result", "FP32", [4])],
         [nh.from_array(np.array(True), "yes")])
    case("loop", "three times",
         {"times": ("INT64", np.array(3, np.int64)),
          "start": ("FP32", np.array([1, -1, 0.5, 2], np.float32))})


def failing():
    save("reshape", [h.make_node("Reshape", ["x", "shape"], ["y"])],
         [tensor("x", "FP32", ["n"]), tensor("shape", "INT64", [2])],
         [tensor("y", "FP32", ["rows", "columns"])])


def encoder():
    """Attention over tokens, small: what ragged lengths and padding are tried on. A token from 50 on is
    none of its words, and the run fails."""
    random = np.random.default_rng(11)
    words, width = 50, 16
    def constant(name, *shape):
        return nh.from_array((random.standard_normal(shape) / 4).astype(np.float32), name)
    def integers(name, *values):
        return nh.from_array(np.array(values, np.int64), name)
    node = h.make_node
    nodes = [
        node("Gather", ["table", "tokens"], ["x0"], axis=0),
        node("Cast", ["mask"], ["here"], to=T.FLOAT),
        node("Sub", ["one", "here"], ["away"]),
        node("Mul", ["away", "minus"], ["bias2"]),
        node("Unsqueeze", ["bias2", "axis1"], ["bias"])]
    for layer in range(2):
        x, y = f"x{layer}", f"x{layer + 1}"
        nodes += [
            *(node("MatMul", [x, f"{part}{layer}"], [f"{part}{layer}x"]) for part in "qkv"),
            node("Transpose", [f"k{layer}x"], [f"k{layer}t"], perm=[0, 2, 1]),
            node("MatMul", [f"q{layer}x", f"k{layer}t"], [f"scores{layer}"]),
            node("Add", [f"scores{layer}", "bias"], [f"biased{layer}"]),
            node("Softmax", [f"biased{layer}"], [f"shares{layer}"], axis=-1),
            node("MatMul", [f"shares{layer}", f"v{layer}x"], [f"mixed{layer}"]),
            node("Add", [x, f"mixed{layer}"], [f"sum{layer}"]),
            node("Tanh", [f"sum{layer}"], [y])]
    nodes += [
        node("Identity", ["x2"], ["states"]),
        node("Unsqueeze", ["here", "axis2"], ["here3"]),
        node("Mul", ["x2", "here3"], ["kept"]),
        node("ReduceSum", ["kept", "axis1"], ["total"], keepdims=0),
        node("ReduceSum", ["here3", "axis1"], ["count"], keepdims=0),
        node("Div", ["total", "count"], ["embedding"])]
    save("encoder", nodes,
         [tensor("tokens", "INT64", ["batch", "length"]), tensor("mask", "INT64", ["batch", "length"])],
         [tensor("states", "FP32", ["batch", "length", width]),
          tensor("embedding", "FP32", ["batch", width])],
         [constant("table", words, width),
          *(constant(f"{part}{layer}", width, width) for part in "qkv" for layer in range(2)),
          nh.from_array(np.float32(1), "one"), nh.from_array(np.float32(-1e9), "minus"),
          integers("axis1", 1), integers("axis2", 2)])
    tokens = random.integers(0, words, (2, 5))
    mask = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.int64)
    case("encoder", "two rows, one of them padded",
         {"tokens": ("INT64", tokens), "mask": ("INT64", mask)})


def mixing():
    """Looks as if it took batches, but each row's answer depends on the others."""
    save("mixing",
         [h.make_node("ReduceMean", ["x", "axis"], ["mean"], keepdims=1),
          h.make_node("Sub", ["x", "mean"], ["y"])],
         [tensor("x", "FP32", ["batch", 3])], [tensor("y", "FP32", ["batch", 3])],
         [nh.from_array(np.array([0], np.int64), "axis")])


def quantized():
    """OpenVINO rounds another way than ONNX says: two engines that disagree."""
    save("quantized",
         [h.make_node("DynamicQuantizeLinear", ["x"], ["y", "y_scale", "y_zero_point"])],
         [tensor("x", "FP32", ["n"])],
         [tensor("y", "UINT8", ["n"]), tensor("y_scale", "FP32", []),
          tensor("y_zero_point", "UINT8", [])])


def endless():
    """Compares each box with every one that was kept, in one operator that nothing ends."""
    save("endless",
         [h.make_node("NonMaxSuppression", ["boxes", "scores", "most", "overlap"], ["kept"])],
         [tensor("boxes", "FP32", [1, "n", 4]), tensor("scores", "FP32", [1, 1, "n"])],
         [tensor("kept", "INT64", ["k", 3])],
         [nh.from_array(np.array([1 << 40], np.int64), "most"),
          nh.from_array(np.array([0.5], np.float32), "overlap")])


def deadly():
    """x / -1 in integers: of the least number it has no result, and the processor ends the process."""
    save("deadly", [h.make_node("Div", ["x", "minus_one"], ["y"])],
         [tensor("x", "INT64", ["n"])], [tensor("y", "INT64", ["n"])],
         [nh.from_array(np.array([-1], np.int64), "minus_one")])


def frozen_relu():
    """y = max(x, 0) as a frozen graph of TensorFlow, by the bytes: a GraphDef of two NodeDefs."""
    def part(field, content):
        return bytes([field << 3 | 2, len(content)]) + content

    def attribute(key, value):
        return part(5, part(1, key) + part(2, value))

    any_length = part(2, b"\x08" + b"\xff" * 9 + b"\x01")
    shape = part(7, any_length + part(2, b"\x08\x02"))
    float32 = b"\x30\x01"
    x = (part(1, b"x") + part(2, b"Placeholder") + attribute(b"dtype", float32)
         + attribute(b"shape", shape))
    y = part(1, b"y") + part(2, b"Relu") + part(3, b"x") + attribute(b"T", float32)
    (HERE / "relu.pb").write_bytes(part(1, x) + part(1, y))


for make in (mlp, every_datatype, string_concat, dynamic, other_kinds, loop, failing, encoder, mixing,
             quantized, endless, deadly, frozen_relu):
    make()
lines = ",\n".join(json.dumps(item, separators=(",", ":"), sort_keys=True) for item in CASES)
(HERE / "goldens.json").write_text(f"[\n{lines}\n]\n")
print(f"{len(CASES)} cases, {len(list(HERE.glob('*.onnx')))} models")
