#!/usr/bin/env python3
"""What people write themselves, on the same model: FastAPI with an `async` route, two uvicorn processes of one
engine thread each.

MODEL is the folder that models/mlp.py filled. JSON in and out.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import uvicorn  # noqa: E402
from fastapi import FastAPI  # noqa: E402
from pydantic import BaseModel  # noqa: E402

INSTANCES = 2


class Row(BaseModel):
    x: list[float]


def session() -> onnxruntime.InferenceSession:
    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = threads.inter_op_num_threads = 1
    path = Path(os.environ["MODEL"]) / "mlp.onnx"
    return onnxruntime.InferenceSession(str(path), threads, providers=["CPUExecutionProvider"])


app = FastAPI()
loaded = session()


@app.post("/inference")
async def infer(row: Row) -> dict[str, list[float]]:
    return {"probs": loaded.run(None, {"x": np.array([row.x], np.float32)})[0][0].tolist()}


if __name__ == "__main__":
    uvicorn.run(
        "fastapi_server:app", host="127.0.0.1", port=int(sys.argv[1]), workers=INSTANCES,
        app_dir=str(Path(__file__).parent), access_log=False, log_level="warning")
