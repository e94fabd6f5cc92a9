#!/usr/bin/env python3
"""The engine alone, called from Python: one thread, one caller, a row at a time, no server and no wire.

Not a peer but a bound: nothing that asks ONNX Runtime row by row from one Python thread can beat it, and a
server that batches can. Prints the RESULT line of the README; its CPU counts as the client's. Because
nothing is ever waiting, `--inflight` changes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import makes the environment

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True, help="folder that models/mlp.py filled")
    parser.add_argument("--inflight", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--warm-up", type=float, default=0.25)
    options = parser.parse_args()

    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = threads.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(options.model / "mlp.onnx"), threads, providers=["CPUExecutionProvider"])
    sample = json.loads((options.model / "sample.json").read_text())
    feed = {"x": np.array([sample["x"]], np.float32)}
    wrong = not np.allclose(session.run(None, feed)[0][0], sample["probs"], atol=1e-5)

    until = time.monotonic() + options.warm_up
    while time.monotonic() < until:
        session.run(None, feed)

    latencies: list[int] = []
    cpu, started = time.process_time_ns(), time.perf_counter_ns()
    last, end = started, started + int(options.seconds * 1e9)
    while last < end:
        session.run(None, feed)
        now = time.perf_counter_ns()
        latencies.append(now - last)
        last = now
    cpu = time.process_time_ns() - cpu
    calls, seconds = len(latencies), (last - started) / 1e9
    p50, p90, p99, p999 = np.percentile(latencies, [50, 90, 99, 99.9]) / 1e3
    print(
        f"RESULT name=engine-unbatched payload=mlp connections=1 inflight={options.inflight} "
        f"calls={calls} errors={int(wrong)} seconds={seconds:.3f} calls_per_second={calls / seconds:.1f} "
        f"p50_us={p50:.2f} p90_us={p90:.2f} p99_us={p99:.2f} p999_us={p999:.2f} "
        f"client_cpu_us_per_call={cpu / 1e3 / calls:.4f} server_cpu_us_per_call=0 "
        f"server_cpu_us_per_call_each=")


if __name__ == "__main__":
    main()
