"""What the generator writes and refuses; run by `scripts/generate --check`."""
import subprocess
import tempfile
import unittest
from pathlib import Path

PLUGIN = Path(__file__).resolve().parent / "protoc-gen-slipway"
HEAD = 'syntax = "proto3";\npackage inference;\n'


def generate(proto: str, part: str = "sources") -> tuple[dict[str, str], str]:
    """The files written from a proto, and what was said on standard error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test.proto").write_text(proto)
        (folder / "out").mkdir()
        result = subprocess.run(
            ["protoc", f"-I{folder}", f"--plugin={PLUGIN}", f"--slipway_out={folder}/out",
             f"--slipway_opt={part}", "test.proto"], capture_output=True, text=True)
        return {path.name: path.read_text() for path in (folder / "out").iterdir()}, result.stderr


class Refusals(unittest.TestCase):
    def assert_refused(self, body: str, *words: str) -> None:
        files, message = generate(HEAD + body)
        self.assertEqual(files, {})
        for word in words:
            self.assertIn(word, message)

    def test_a_message_that_holds_itself(self) -> None:
        self.assert_refused("message A { A a = 1; }", "inference.A -> inference.A")

    def test_a_cycle_over_several_messages_and_a_oneof_is_named(self) -> None:
        self.assert_refused(
            "message A { repeated B b = 1; } message B { oneof o { C c = 1; } }"
            "message C { message D { A a = 1; } D d = 1; }",
            "inference.A -> inference.B -> inference.C -> inference.C.D -> inference.A")

    def test_optional(self) -> None:
        self.assert_refused("message A { optional int32 b = 1; }", "inference.A.b", "optional")

    def test_a_map(self) -> None:
        self.assert_refused("message A { map<string, int32> b = 1; }", "inference.A", "map")

    def test_a_group(self) -> None:
        files, message = generate(
            'syntax = "proto2"; package inference; message A { optional group B = 1 {} }')
        self.assertEqual(files, {})
        self.assertIn("proto3", message)

    def test_an_enum(self) -> None:
        self.assert_refused("enum E { ZERO = 0; }", "inference.E", "not supported")

    def test_an_unknown_package(self) -> None:
        files, message = generate('syntax = "proto3"; package other; message A {}')
        self.assertEqual(files, {})
        self.assertIn("`other`", message)

    def test_names_that_swift_or_c_take(self) -> None:
        self.assert_refused("message String {}", "inference.String")
        self.assert_refused("message Registry {}", "inference.Registry")
        self.assert_refused("message A { int32 register = 1; }", "inference.A.register")
        self.assert_refused("message A { int32 n_b = 1; }", "inference.A.n_b")

    def test_annotations(self) -> None:
        def service(lines: str) -> str:
            return f"message A {{}} service S {{\n{lines}\nrpc B(A) returns (A); }}"
        self.assert_refused(service(""), "inference.S/B", "@effect")
        self.assert_refused(service("// @effect sometimes"), "inference.S/B", "@effect")
        self.assert_refused(service("// @effect safe\n// @color red"), "@color")
        self.assert_refused(service("// @effect safe\n// @role"), "@role")
        self.assert_refused(service("// @effect safe\n// @effect safe"), "@effect")


class Output(unittest.TestCase):
    def test_a_message_used_twice_is_no_cycle(self) -> None:
        files, message = generate(HEAD + "message A { B b = 1; B c = 2; } message B {}")
        self.assertEqual(message, "")
        self.assertIn("public var b: Inference.B?", files["Inference.swift"])

    def test_names_comments_and_keywords(self) -> None:
        files, _ = generate(HEAD + "message A {\n// Who.\nstring worker_id = 1; int32 where = 2; }")
        self.assertIn(
            "    /// Who.\n    public var workerID: String\n    public var `where`: Int32",
            files["Inference.swift"])

    def test_annotations_stay_out_of_the_doc_comment(self) -> None:
        files, _ = generate(
            HEAD + "message A {} service S {\n// Does it.\n// @effect safe\n// @role a, b\n"
            "rpc B(stream A) returns (stream A); }")
        api = files["Inference+API.swift"]
        self.assertIn("/// Does it.\n", api)
        self.assertNotIn("@", api)
        self.assertIn('shape: .twoWayStream, effect: .safe, roles: ["a", "b"]', api)


unittest.main()
