#!/usr/bin/env python3
"""Writes the small model that `serve` is measured with: `mlp.py FOLDER` makes mlp.onnx, card.yaml and
sample.json there. Runs in .build-bench/venv.

x float32 [batch, 30] -> 64 (relu) -> 2 (softmax) -> probs float32 [batch, 2]. Its weights are random: so
small a model measures the way to the engine, not the engine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SEED = 20
INPUTS, HIDDEN, OUTPUTS = 30, 64, 2
OPSET, IR_VERSION = 17, 8  # old enough for every engine and peer

CARD = """\
name: mlp
description: A random multilayer perceptron that prices the way to the engine.
license: Apache-2.0
owners: [the benchmarks]
intended_use: Benchmarks.
limitations: Its answers mean nothing.
training_data: None, the weights are drawn from a seeded normal distribution.
"""


def build() -> onnx.ModelProto:
    chance = np.random.default_rng(SEED)

    def weights(name: str, *shape: int) -> onnx.TensorProto:
        # Divided by the square root of the fan-in, so that the softmax does not saturate.
        values = chance.standard_normal(shape) / np.sqrt(shape[0])
        return numpy_helper.from_array(values.astype(np.float32), name)

    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["h1"]),
        helper.make_node("Relu", ["h1"], ["a1"]),
        helper.make_node("Gemm", ["a1", "w2", "b2"], ["h2"]),
        helper.make_node("Softmax", ["h2"], ["probs"], axis=-1),
    ]
    graph = helper.make_graph(
        nodes, "mlp",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", INPUTS])],
        [helper.make_tensor_value_info("probs", TensorProto.FLOAT, ["batch", OUTPUTS])],
        [weights("w1", INPUTS, HIDDEN), weights("b1", HIDDEN),
         weights("w2", HIDDEN, OUTPUTS), weights("b2", OUTPUTS)])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
        producer_name="slipway-benchmarks")
    onnx.checker.check_model(model, full_check=True)
    return model


def expected(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    """The answer by plain numpy, so that engine and peers are checked against something else."""
    w = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    logits = np.maximum(x @ w["w1"] + w["b1"], 0) @ w["w2"] + w["b2"]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model = build()
    x = (np.arange(INPUTS, dtype=np.float32) % 7 / 7 - 0.5)[None, :]
    onnx.save(model, folder / "mlp.onnx")
    (folder / "card.yaml").write_text(CARD, encoding="utf-8")
    sample = {"x": x[0].tolist(), "probs": expected(model, x)[0].tolist()}
    (folder / "sample.json").write_text(json.dumps(sample) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
