#!/usr/bin/env python3
"""The engine alone on the sentence encoder, called from Python: no server and no wire. A bound, not a peer.

`--mode 2-threads`: one caller, one session of two threads. `2x1`: two callers of one session of one thread.
`batch-16`: the same with 16 rows at once. Prints the RESULT line of the README; its CPU counts as the
client's. `--inflight` changes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import makes the environment

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402

MODES = {"2-threads": (2, 1, 1), "2x1": (1, 2, 1), "batch-16": (1, 2, 16)}
"""Threads of the session, callers, rows."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=MODES, required=True)
    parser.add_argument("--model", type=Path, required=True, help="folder that models/minilm.py filled")
    parser.add_argument("--inflight", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--warm-up", type=float, default=0.25)
    options = parser.parse_args()

    intra, callers, rows = MODES[options.mode]
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = intra, 1
    session = onnxruntime.InferenceSession(
        str(options.model / "minilm.onnx"), settings, providers=["CPUExecutionProvider"])
    sample = json.loads((options.model / "sample.json").read_text())
    ids = np.array([sample["ids"]] * rows)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    wrong = not np.allclose(session.run(None, feed)[0][-1], sample["embedding"], atol=1e-4)

    begin = time.perf_counter_ns() + int(options.warm_up * 1e9)
    end = begin + int(options.seconds * 1e9)
    latencies: list[list[int]] = [[] for _ in range(callers)]

    def call(mine: list[int]) -> None:
        last = time.perf_counter_ns()
        while last < end:
            session.run(None, feed)
            now = time.perf_counter_ns()
            if now > begin:
                mine.append(now - last)
            last = now

    threads = [threading.Thread(target=call, args=(mine,)) for mine in latencies]
    cpu = time.process_time_ns()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = time.process_time_ns() - cpu
    every = [latency for mine in latencies for latency in mine]
    calls, seconds = len(every) * rows, options.seconds
    p50, p90, p99, p999 = np.percentile(every, [50, 90, 99, 99.9]) / 1e3
    print(
        f"RESULT name=engine-{options.mode} payload=minilm connections=1 inflight={options.inflight} "
        f"calls={calls} errors={int(wrong)} seconds={seconds:.3f} calls_per_second={calls / seconds:.1f} "
        f"p50_us={p50:.2f} p90_us={p90:.2f} p99_us={p99:.2f} p999_us={p999:.2f} "
        f"client_cpu_us_per_call={cpu / 1e3 / calls:.4f} server_cpu_us_per_call=0 "
        f"server_cpu_us_per_call_each=")


if __name__ == "__main__":
    main()
