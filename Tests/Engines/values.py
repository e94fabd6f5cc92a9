"""Values of Python as the tensors that carry them, and as the JSON of engine-door."""

import base64

import ml_dtypes
import numpy as np

NAMES = {
    np.dtype(dtype): name
    for name, dtype in {
        "BOOL": np.bool_, "UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32,
        "UINT64": np.uint64, "INT8": np.int8, "INT16": np.int16, "INT32": np.int32,
        "INT64": np.int64, "FP16": np.float16, "FP32": np.float32, "FP64": np.float64,
        "BF16": ml_dtypes.bfloat16, "COMPLEX64": np.complex64, "COMPLEX128": np.complex128,
        "FP8E4M3FN": ml_dtypes.float8_e4m3fn, "FP8E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
        "FP8E5M2": ml_dtypes.float8_e5m2, "FP8E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
        # A byte for each element, there as here.
        "UINT4": ml_dtypes.uint4, "INT4": ml_dtypes.int4, "FP4E2M1": ml_dtypes.float4_e2m1fn,
    }.items()
}
DTYPES = {name: dtype for dtype, name in NAMES.items()}


def numbers(items):
    """Python's binding makes floats of its own of what maps hold."""
    array = np.array(list(items))
    return array.astype(np.float32) if array.dtype == np.float64 else array


def flat(name, value):
    """A value as the tensors that carry it, as OnnxPlace says: name to array."""
    if isinstance(value, dict):
        return {f"{name}.keys": np.array(list(value)), f"{name}.values": numbers(value.values())}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {
            f"{name}.keys": np.array([key for one in value for key in one]),
            f"{name}.values": numbers(item for one in value for item in one.values()),
            f"{name}.lengths": np.array([len(one) for one in value], np.int64),
        }
    if isinstance(value, list):
        arrays = [np.asarray(one) for one in value]
        rank = max((one.ndim for one in arrays), default=0)
        shapes = [list(one.shape) + [-1] * (rank - one.ndim) for one in arrays]
        values = [one.reshape(-1) for one in arrays]
        return {
            f"{name}.values": np.concatenate(values) if values else np.array([], np.float32),
            f"{name}.shapes": np.array(shapes, np.int64).reshape(len(arrays), rank),
        }
    return {name: np.asarray(value)}


def is_text(array):
    return array.dtype == object or array.dtype.kind in "US"


def to_bytes(item):
    return item if isinstance(item, bytes) else str(item).encode()


def to_json(name, array):
    tensor = {"name": name, "shape": list(array.shape)}
    if is_text(array):
        strings = [base64.b64encode(to_bytes(item)).decode() for item in array.reshape(-1)]
        return tensor | {"datatype": "BYTES", "strings": strings}
    datatype = NAMES.get(array.dtype, str(array.dtype))
    raw = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return tensor | {"datatype": datatype, "raw": raw}


def from_json(tensor):
    if "strings" in tensor:
        strings = [base64.b64decode(item) for item in tensor["strings"]]
        return np.array(strings, object).reshape(tensor["shape"])
    raw = base64.b64decode(tensor.get("raw", ""))
    return np.frombuffer(raw, DTYPES[tensor["datatype"]]).reshape(tensor["shape"])


def difference(found, expected, rtol, atol):
    """Why two arrays are not the same; None if they are."""
    if list(found.shape) != list(expected.shape):
        return f"shape {list(found.shape)}, expected {list(expected.shape)}"
    if is_text(expected) or is_text(found):
        same = [to_bytes(item) for item in found.reshape(-1)] == [
            to_bytes(item) for item in expected.reshape(-1)]
        return None if same else "other strings"
    if found.dtype != expected.dtype:
        return f"dtype {found.dtype}, expected {expected.dtype}"
    if found.dtype.kind in "biu":
        return None if np.array_equal(found, expected) else "other integers"
    wide = np.complex128 if found.dtype.kind == "c" else np.float64
    close = np.isclose(
        found.astype(wide), expected.astype(wide), rtol=rtol, atol=atol, equal_nan=True)
    return None if close.all() else f"{int((~close).sum())} of {close.size} elements differ"
