"""Every case at the engine's own door and from Python; exits 1 if the door passes less."""

import argparse, json, pathlib, pickle, subprocess, sys, tempfile

import cases, values

HERE = pathlib.Path(__file__).parent


class Engine:
    """A process that answers a line with a line, started again when a case ends it."""

    seconds_max = 120

    def __init__(self, command):
        self.command, self.process = command, None

    def ask(self, line):
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True)
        try:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if answer:
            return json.loads(answer)
        status, self.process = self.process.wait(), None
        return {"error": f"the process ended with {status}"}

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


def verdict(case, answer):
    """Why it failed; None if it passed."""
    if answer.get("outputs") is None:
        return answer.get("error") or "no answer"
    try:
        found = [{one["name"]: values.from_json(one) for one in outputs} for outputs in answer["outputs"]]
        return case.difference(found)
    except (KeyError, ValueError) as error:
        return f"unreadable: {error}"


def check(what, found, engine, door, list_all):
    """Prints both rates; returns the cases that Python passes and the door does not."""
    ours, python = Engine([str(door), engine]), Engine([sys.executable, str(HERE / "reference.py"), engine])
    passed, passed_in_python, lost = 0, 0, []
    for case in found:
        pickled = case.path.with_suffix(".pickle")
        pickled.write_bytes(pickle.dumps((str(case.model), [inputs for inputs, _ in case.sets])))
        why, why_python = verdict(case, ours.ask(case.path)), verdict(case, python.ask(pickled))
        passed += why is None
        passed_in_python += why_python is None
        if why and not why_python:
            lost.append(f"{case.name}: {why}")
        if why and list_all:
            print(f"  {case.name}: {why} (Python: {why_python or 'passes'})")
    ours.close()
    python.close()
    total = len(found)
    print(f"engines: {what}, {engine}: {passed} of {total} ({passed / total:.1%}) at its door, "
          f"{passed_in_python} ({passed_in_python / total:.1%}) from Python")
    for line in lost:
        print(f"engines: {engine}: only Python passes {line}")
    return lost if passed < passed_in_python else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--door", required=True)
    parser.add_argument("--engine", action="append", required=True)
    parser.add_argument("--every", type=int, default=1, help="every Nth node test")
    parser.add_argument("--list", action="store_true", help="name each case that fails")
    options = parser.parse_args()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        nodes = cases.node_cases(pathlib.Path(folder))[:: options.every]
        scikit = cases.scikit_cases(pathlib.Path(folder))
        for engine in options.engine:
            failures += check("ONNX node tests", nodes, engine, options.door, options.list)
        failures += check("scikit-learn exports", scikit, "onnxruntime", options.door, options.list)
    sys.exit(1 if failures else 0)


main()
