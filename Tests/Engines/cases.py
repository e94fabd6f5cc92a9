"""Cases for engines: ONNX's own node tests, and exports of scikit-learn."""

import base64, json, pathlib

import numpy as np

import values


class Case:
    """A model in a file, sets of inputs, and for each what must come out (name to array)."""

    def __init__(self, folder, name, model, sets, rtol=1e-3, atol=1e-7):
        self.name, self.rtol, self.atol, self.sets = name, rtol, atol, sets
        self.model = folder / f"{name}.onnx"
        self.model.write_bytes(model)
        self.path = folder / f"{name}.json"
        document = {
            "model": str(self.model),
            "sets": [
                [values.to_json(part, array) for given in inputs.items()
                 for part, array in values.flat(*given).items()]
                for inputs, _ in sets
            ],
        }
        self.path.write_text(json.dumps(document))

    def difference(self, answers):
        """Why the answers are not those expected; None if they are."""
        for (_, expected), found in zip(self.sets, answers, strict=True):
            wanted = {part: array for given in expected.items()
                      for part, array in values.flat(*given).items()}
            for name, array in wanted.items():
                if name not in found:
                    return f"there is no output {name}, only {sorted(found)}"
                why = values.difference(found[name], array, self.rtol, self.atol)
                if why:
                    return f"output {name}: {why}"
        return None


def node_cases(folder):
    """Those that `onnx` generates, all of them."""
    from onnx.backend.test.case.node import collect_testcases

    import onnx

    def plain(value):
        """Some are given as messages."""
        if isinstance(value, onnx.TensorProto):
            return onnx.numpy_helper.to_array(value)
        if isinstance(value, onnx.SequenceProto):
            return onnx.numpy_helper.to_list(value)
        return value

    cases = []
    for test in collect_testcases(None):
        graph = test.model.graph
        sets = []
        for inputs, outputs in test.data_sets:
            given = {
                one.name: plain(value) for one, value in zip(graph.input, inputs) if value is not None}
            expected = {one.name: plain(value) for one, value in zip(graph.output, outputs)}
            sets.append((given, expected))
        cases.append(
            Case(folder, test.name, test.model.SerializeToString(), sets, test.rtol, test.atol))
    return cases


def scikit_cases(folder):
    """A dozen kinds of models; what must come out is what onnxruntime gives in Python, and its labels are
    what scikit-learn itself says."""
    import onnxruntime, sklearn, warnings
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn import (cluster, compose, datasets, ensemble, feature_extraction, linear_model,
                         naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree)

    warnings.simplefilter("ignore")
    x, y = datasets.load_iris(return_X_y=True)
    x = x.astype(np.float32)
    words = np.array([["red", "small"], ["blue", "large"], ["red", "large"], ["green", "small"]] * 10)
    texts = np.array(["a red fox", "the blue sky", "red sky at night", "a fox at night"] * 10)
    classes = np.array([0, 1, 1, 0] * 10)
    scaled = lambda model: pipeline.make_pipeline(preprocessing.StandardScaler(), model)
    one_hot = compose.make_column_transformer(
        (preprocessing.OneHotEncoder(handle_unknown="ignore"), [0, 1]))
    numbers = [("x", FloatTensorType([None, 4]))]
    strings = [("x", StringTensorType([None, 2]))]
    text = [("x", StringTensorType([None, 1]))]
    kinds = {
        "logistic": (linear_model.LogisticRegression(), x, y, numbers, {}),
        "scaled_logistic_with_maps": (scaled(linear_model.LogisticRegression()), x, y, numbers, {"zipmap": True}),
        "labels_of_text": (linear_model.LogisticRegression(), x, np.array(["a", "b", "c"])[y], numbers, {}),
        "linear": (linear_model.LinearRegression(), x, y.astype(np.float32), numbers, None),
        "tree": (tree.DecisionTreeClassifier(random_state=0), x, y, numbers, {}),
        "forest": (ensemble.RandomForestClassifier(20, random_state=0), x, y, numbers, {}),
        "forest_regressor": (ensemble.RandomForestRegressor(20, random_state=0), x, y.astype(np.float32), numbers, None),
        "boosting": (ensemble.GradientBoostingClassifier(n_estimators=10), x, y, numbers, {}),
        "support_vectors": (svm.SVC(probability=False), x, y, numbers, {}),
        "neighbours": (neighbors.KNeighborsClassifier(), x, y, numbers, {}),
        "bayes": (naive_bayes.GaussianNB(), x, y, numbers, {}),
        "network": (scaled(neural_network.MLPClassifier((8,), max_iter=300, random_state=0)), x, y, numbers, {}),
        "k_means": (cluster.KMeans(3, n_init=1, random_state=0), x, y, numbers, None),
        "isolation": (ensemble.IsolationForest(n_estimators=10, random_state=0), x, y, numbers, None),
        "one_hot_strings": (pipeline.make_pipeline(one_hot, linear_model.LogisticRegression()), words, classes, strings, {}),
        "ordinal_strings": (pipeline.make_pipeline(preprocessing.OrdinalEncoder(), linear_model.LogisticRegression()), words, classes, strings, {}),
        "text_counts": (pipeline.make_pipeline(feature_extraction.text.CountVectorizer(lowercase=False), linear_model.LogisticRegression()), texts, classes, text, {}),
    }
    cases = []
    for name, (model, features, targets, types, options) in kinds.items():
        model.fit(features, targets)
        options = options if options is None else {id(model): {"zipmap": False} | options}
        exported = to_onnx(model, initial_types=types, options=options, target_opset={"": 18, "ai.onnx.ml": 3})
        session = onnxruntime.InferenceSession(exported.SerializeToString())
        sets = []
        for start, length in [(0, 1), (5, 16)]:
            inputs = features[start:start + length]
            if types is text:
                inputs = inputs.reshape(-1, 1)
            given = inputs.astype(object) if values.is_text(inputs) else inputs
            names = [one.name for one in session.get_outputs()]
            found = dict(zip(names, session.run(None, {"x": given})))
            expected = model.predict(features[start:start + length])
            label = np.asarray(found[names[0]]).reshape(-1)
            assert values.difference(
                label.astype(expected.dtype), expected, 1e-3, 1e-4) is None, f"{name}: export"
            sets.append(({"x": given}, found))
        cases.append(Case(folder, f"scikit_{name}", exported.SerializeToString(), sets, 1e-5, 1e-6))
    return cases
