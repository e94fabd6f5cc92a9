"""The Open Inference Protocol over the wire: answers, and errors in words."""

from client.messages import METHODS
from tests.suite import (
    GOLDENS,
    INVALID_ARGUMENT,
    MODEL,
    MODEL_INFER,
    MODEL_METADATA,
    NOT_FOUND,
    SERVER_METADATA,
    SuiteTestCase,
    floats,
)


class InferenceTests(SuiteTestCase):
    def metadata_request(self, name: str = MODEL):
        """A request for a model's metadata."""
        return METHODS[MODEL_METADATA][0](name=name)

    def test_the_server_says_what_it_is(self):
        metadata = self.connect().call(SERVER_METADATA)
        self.assertEqual(metadata.name, "slipway")
        self.assertTrue(metadata.version)

    def test_a_model_says_its_tensors(self):
        metadata = self.connect().call(MODEL_METADATA, self.metadata_request(), model=MODEL)
        self.assertEqual((metadata.name, list(metadata.versions)), (MODEL, ["1"]))
        tensors = [(t.name, t.datatype, list(t.shape)) for t in [*metadata.inputs, *metadata.outputs]]
        self.assertEqual(tensors, [("x", "FP32", [-1, 30]), ("probabilities", "FP32", [-1, 2])])

    def test_a_model_answers_as_the_golden_values_say(self):
        connection = self.connect()
        for golden in GOLDENS:
            with self.subTest(golden.title):
                response = connection.call(MODEL_INFER, golden.request(), model=MODEL)
                self.assertEqual((response.model_name, response.model_version), (MODEL, "1"))
                self.assertEqual(response.id, golden.title)
                self.assert_golden(golden, response)

    def test_typed_contents_are_as_good_as_raw_ones(self):
        golden = GOLDENS[0]
        request = golden.request()
        raw = request.raw_input_contents.pop()
        request.inputs[0].contents.fp32_contents.extend(floats(raw))
        self.assert_golden(golden, self.connect().call(MODEL_INFER, request, model=MODEL))

    def test_a_version_is_chosen_in_the_head(self):
        connection, golden = self.connect(), GOLDENS[0]
        response = connection.call(MODEL_INFER, golden.request(), model=MODEL, version="1")
        self.assert_golden(golden, response)
        self.assert_fails(
            NOT_FOUND, "`9`", lambda: connection.call(MODEL_INFER, golden.request(), model=MODEL, version="9")
        )

    def test_an_unknown_model_is_not_found(self):
        connection = self.connect("dana")
        for method, request in [
            (MODEL_METADATA, self.metadata_request("nope")),
            (MODEL_INFER, GOLDENS[0].request(model="nope")),
        ]:
            with self.subTest(method):
                self.assert_fails(NOT_FOUND, "`nope`", lambda: connection.call(method, request, model="nope"))

    def test_a_model_of_others_looks_like_one_that_is_not_there(self):
        for name, model in [("app", "nope"), ("ops", MODEL)]:
            with self.subTest(name):
                act = lambda: self.connect(name).call(  # noqa: E731
                    MODEL_METADATA, self.metadata_request(model), model=model
                )
                self.assert_fails(NOT_FOUND, f"`{model}`", act)

    def test_the_body_names_no_other_model_than_the_head(self):
        connection = self.connect()
        request = GOLDENS[0].request(model="other")
        self.assert_fails(NOT_FOUND, "`other`", lambda: connection.call(MODEL_INFER, request, model=MODEL))

    def test_a_wrong_shape_is_refused_with_the_one_expected(self):
        connection = self.connect()
        for shape in [[1, 29], [2, 15], [30], [1, 30, 1]]:
            for said in [f"input `x` has shape {shape}", "expected shape [batch, 30]"]:
                with self.subTest(said, shape=shape):
                    request = GOLDENS[0].request(shape=shape)
                    self.assert_fails(
                        INVALID_ARGUMENT, said, lambda: connection.call(MODEL_INFER, request, model=MODEL)
                    )
        self.assert_golden(GOLDENS[0], connection.call(MODEL_INFER, GOLDENS[0].request(), model=MODEL))
