#!/usr/bin/env python3
"""A model server that people use, on the same model: mosec, two worker processes of one engine thread each.

MODEL is the folder that models/mlp.py filled; BATCH the largest batch (1: none, else up to 2 ms of
waiting for it). JSON in and out, as its users have it.
"""

from __future__ import annotations

import os
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
from mosec import Server, Worker  # noqa: E402

BATCH_MAX = int(os.environ["BATCH"])
WAIT_MILLISECONDS = 2
INSTANCES = 2


class Mlp(Worker):
    def __init__(self) -> None:
        threads = onnxruntime.SessionOptions()
        threads.intra_op_num_threads = threads.inter_op_num_threads = 1
        path = Path(os.environ["MODEL"]) / "mlp.onnx"
        self.session = onnxruntime.InferenceSession(
            str(path), threads, providers=["CPUExecutionProvider"])

    def forward(self, data):
        requests = data if BATCH_MAX > 1 else [data]
        x = np.array([request["x"] for request in requests], np.float32)
        answers = [{"probs": row.tolist()} for row in self.session.run(None, {"x": x})[0]]
        return answers if BATCH_MAX > 1 else answers[0]


if __name__ == "__main__":
    server = Server()
    if BATCH_MAX > 1:
        server.append_worker(
            Mlp, num=INSTANCES, max_batch_size=BATCH_MAX, max_wait_time=WAIT_MILLISECONDS)
    else:
        server.append_worker(Mlp, num=INSTANCES)
    server.run()
