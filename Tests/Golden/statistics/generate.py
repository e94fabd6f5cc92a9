"""Writes what SciPy, scikit-learn, Fairlearn and NannyML say of random and nasty inputs.

    python3 -m venv VENV && VENV/bin/pip install -r Tests/Golden/statistics/requirements.txt
    VENV/bin/python Tests/Golden/statistics/generate.py

Writes distances.json, chi-squares.json, quality.json and cbpe.json beside itself. Arrays are base64 of
little-endian float64. NaN and infinities of an input are missing values, which are left out before
anything is computed; an infinite result is the text `inf`, one that can't be had is null.
"""
import base64
import json
import pathlib
import warnings

import numpy as np
from scipy import special, stats
from scipy.spatial import distance
from sklearn import metrics

HERE = pathlib.Path(__file__).parent
EXACT_PAIRS_MAX = 4_000_000
SHARE_MIN = 1e-4
warnings.filterwarnings("ignore")


def encode(values):
    return base64.b64encode(np.asarray(values, dtype="<f8").tobytes()).decode()


def plain(value):
    value = float(value)
    if np.isnan(value):
        return None
    return value if np.isfinite(value) else "inf"


def edges(values, count=10):
    """Deciles by inverted CDF; a value that is two of them or more gets a bin of its own."""
    inner = [np.quantile(values, k / count, method="inverted_cdf") for k in range(1, count)]
    found = []
    for place, edge in enumerate(inner):
        if found and edge == found[-1]:
            continue
        below = np.nextafter(edge, -np.inf)
        heavy = place + 1 < len(inner) and inner[place + 1] == edge
        if heavy and np.isfinite(below) and not (found and below == found[-1]):
            found.append(below)
        found.append(edge)
    return found


def counts(values, inner):
    return np.bincount(np.searchsorted(inner, values, side="left"), minlength=len(inner) + 1)


def distances(name, one, other):
    case = {"name": name, "one": encode(one), "other": encode(other)}
    one, other = (v[np.isfinite(v)] for v in (np.asarray(one, float), np.asarray(other, float)))
    if len(one) == 0 or len(other) == 0:
        return case
    n, m = len(one), len(other)
    test = stats.ks_2samp(one, other, method="asymp")
    case["ks"] = plain(test.statistic)
    case["ks_limit_p"] = plain(special.kolmogorov(np.sqrt(n * m / (n + m)) * test.statistic))
    if n * m <= EXACT_PAIRS_MAX:
        case["ks_exact_p"] = plain(stats.ks_2samp(one, other, method="exact").pvalue)
    case["wasserstein"] = plain(stats.wasserstein_distance(one, other))
    inner = edges(one)
    a, b = counts(one, inner), counts(other, inner)
    p, q = a / n, b / m
    case["edges"] = encode(inner)
    case["bins_one"], case["bins_other"] = a.tolist(), b.tolist()
    case["jensen_shannon"] = plain(distance.jensenshannon(p, q, base=2))
    case["hellinger"] = plain(np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2))
    case["l_infinity"] = plain(distance.chebyshev(p, q))
    p, q = np.maximum(p, SHARE_MIN), np.maximum(q, SHARE_MIN)
    case["population_stability"] = plain(np.sum((q - p) * np.log(q / p)))
    return case


def distance_cases():
    chance = np.random.default_rng(6)
    normal, uniform = chance.normal, chance.uniform
    tiny = 5e-324
    yield "one value each", [1.0], [2.0]
    yield "the same value", [3.0], [3.0]
    yield "one against many", [0.5], uniform(size=40)
    yield "empty", [], [1.0, 2.0]
    yield "only NaN", [np.nan, np.nan], [1.0]
    yield "constants", [7.0] * 50, [7.0] * 30
    yield "a constant that moved", [7.0] * 50, [8.0] * 30
    yield "a constant that varies now", [7.0] * 50, normal(7, 1, 60)
    yield "two values", [0.0] * 90 + [1.0] * 10, [0.0] * 40 + [1.0] * 60
    yield "both zeros", [0.0, -0.0, 0.0], [-0.0, -0.0, 1.0]
    yield "huge", [1.7e308, -1.7e308, 1e308], [1.6e308, 1.6e308, 1.7e308, 1.0]
    yield "huge apart", [-1.7e308] * 3, [1.7e308] * 3
    yield "denormal", tiny * np.arange(1, 30), tiny * np.arange(10, 50)
    yield "denormal and one", [tiny, 0.0, -tiny, 1.0], [0.0, 0.0, 1.0]
    yield "NaN and infinities among them", [1.0, np.nan, np.inf, 2.0], [-np.inf, 2.0, 3.0, np.nan]
    yield "ties", chance.integers(0, 5, 300), chance.integers(1, 7, 200)
    yield "rounded", np.round(normal(size=500), 1), np.round(normal(0.1, 1.2, 700), 1)
    for n, m in [(2, 3), (5, 5), (50, 50), (64, 48), (100, 37), (500, 800), (1500, 1200)]:
        yield f"normal {n} {m}", normal(size=n), normal(size=m)
        yield f"shifted {n} {m}", normal(size=n), normal(0.3, 1, m)
    yield "wider", normal(size=400), normal(0, 3, 400)
    yield "lognormal", chance.lognormal(size=600), chance.lognormal(0.2, 1.1, 500)
    yield "far apart", uniform(size=200), uniform(10, 11, 300)
    yield "large", normal(size=3000), normal(0.05, 1, 2500)


def chi_squares():
    chance = np.random.default_rng(7)
    tables = [
        ([10, 20], [15, 15]), ([0, 5], [3, 0]), ([5, 0, 7], [2, 0, 9]), ([100], [50]),
        ([1, 1, 1], [1, 1, 1]), ([1000, 2000, 3], [1100, 1900, 9]), ([10**9, 10**9], [10**9, 10**9 + 9]),
    ]
    for columns in (2, 3, 5, 10, 64, 257, 1500):
        tables.append((chance.integers(0, 60, columns), chance.integers(0, 90, columns)))
    for one, other in tables:
        one, other = np.asarray(one), np.asarray(other)
        kept = np.vstack([one, other])[:, (one + other) > 0]
        test = stats.chi2_contingency(kept, correction=False)
        yield {
            "one": one.tolist(), "other": other.tolist(), "statistic": plain(test[0]),
            "degrees": int(test[2]), "p": plain(test[1]),
        }


def calibration_error(scores, actual, bins=10):
    places = np.minimum((scores * bins).astype(int), bins - 1)
    return sum(
        abs(scores[places == k].sum() - actual[places == k].sum()) for k in range(bins)) / len(scores)


def binary_cases():
    chance = np.random.default_rng(8)
    for name, n, round_to in [("many", 2000, 9), ("ties", 500, 1), ("few", 12, 2)]:
        actual = chance.random(n) < 0.3
        scores = np.clip(np.round(chance.beta(2, 4, n) + 0.25 * actual, round_to), 0, 1)
        yield name, scores, scores >= 0.5, actual
    actual = np.array([True, False] * 20)
    yield "never positive", np.full(40, 0.1), np.zeros(40, bool), actual
    yield "certain and wrong", np.where(actual, 0.0, 1.0), ~actual, actual
    yield "perfect", np.where(actual, 0.9, 0.2), actual, actual


def quality():
    binary = []
    for name, scores, predicted, actual in binary_cases():
        keys = dict(y_true=actual, y_pred=predicted, zero_division=0)
        binary.append({
            "name": name, "scores": encode(scores), "predicted": encode(predicted),
            "actual": encode(actual),
            "accuracy": plain(metrics.accuracy_score(actual, predicted)),
            "precision": plain(metrics.precision_score(**keys)),
            "recall": plain(metrics.recall_score(**keys)), "f1": plain(metrics.f1_score(**keys)),
            "roc_auc": plain(metrics.roc_auc_score(actual, scores)),
            "average_precision": plain(metrics.average_precision_score(actual, scores)),
            "log_loss": plain(metrics.log_loss(actual, scores)),
            "brier": plain(metrics.brier_score_loss(actual, scores)),
            "calibration_error": plain(calibration_error(scores, actual)),
        })
    chance = np.random.default_rng(9)
    actual = chance.integers(0, 5, 600)
    predicted = np.where(chance.random(600) < 0.6, actual, chance.integers(0, 6, 600))
    keys = dict(y_true=actual, y_pred=predicted, average="macro", zero_division=0)
    multiclass = {
        "predicted": encode(predicted), "actual": encode(actual),
        "accuracy": plain(metrics.accuracy_score(actual, predicted)),
        "precision": plain(metrics.precision_score(**keys)),
        "recall": plain(metrics.recall_score(**keys)), "f1": plain(metrics.f1_score(**keys)),
    }
    truth = chance.normal(100, 20, 900)
    guess = truth + chance.normal(1, 8, 900)
    regression = {
        "predicted": encode(guess), "actual": encode(truth),
        "mean_absolute_error": plain(metrics.mean_absolute_error(truth, guess)),
        "root_mean_squared_error": plain(np.sqrt(metrics.mean_squared_error(truth, guess))),
        "r_squared": plain(metrics.r2_score(truth, guess)),
    }
    return {
        "binary": binary, "multiclass": multiclass, "regression": regression,
        "isotonic": isotonic(), "fairness": fairness(),
    }


def isotonic():
    from sklearn.isotonic import IsotonicRegression
    chance = np.random.default_rng(10)
    scores = np.round(chance.random(400), 2)
    actual = chance.random(400) < scores ** 2
    model = IsotonicRegression(out_of_bounds="clip", increasing=True).fit(scores, actual)
    asked = np.concatenate([[-1, 2, 0, 1], chance.random(100)])
    return {
        "scores": encode(scores), "actual": encode(actual), "asked": encode(asked),
        "answers": encode(model.predict(asked)),
    }


def fairness():
    from fairlearn import metrics as fair
    chance = np.random.default_rng(11)
    group = chance.integers(0, 3, 800)
    actual = chance.random(800) < 0.4
    predicted = chance.random(800) < 0.3 + 0.15 * group + 0.1 * actual
    keys = dict(y_true=actual, y_pred=predicted, sensitive_features=group)
    rates = fair.MetricFrame(metrics=fair.selection_rate, **keys).by_group
    return {
        "group": encode(group), "actual": encode(actual), "predicted": encode(predicted),
        "selection_rates": encode([rates[k] for k in range(3)]),
        "demographic_parity": plain(fair.demographic_parity_difference(**keys)),
        "equal_opportunity": plain(
            fair.MetricFrame(metrics=fair.true_positive_rate, **keys).difference()),
        "equalized_odds": plain(fair.equalized_odds_difference(**keys)),
    }


def tally(scores, marks):
    """Score -> how often with a mark of 0 and of 1."""
    found = {}
    for score, mark in zip(scores, marks):
        found.setdefault(f"{score:.3f}", [0, 0])[int(mark)] += 1
    return {
        "scores": encode([float(score) for score in found]),
        "zeros": [pair[0] for pair in found.values()], "ones": [pair[1] for pair in found.values()],
    }


def cbpe():
    """On the sets that NannyML ships, their scores rounded to three places so that they can be kept here."""
    import nannyml
    sets = [
        ("car loan", nannyml.load_synthetic_car_loan_dataset, "y_pred_proba", "y_pred", "repaid"),
        ("work from home", nannyml.load_synthetic_binary_classification_dataset, "y_pred_proba",
         None, "work_home_actual"),
        ("census", nannyml.load_us_census_ma_employment_data, "predicted_probability",
         "prediction", "employed"),
    ]
    names = ["accuracy", "precision", "recall", "f1", "roc_auc"]
    for title, load, score, predicted, actual in sets:
        reference, analysis, _ = load()
        for frame in (reference, analysis):
            frame[score] = frame[score].round(3)
            if predicted is None:
                frame["predicted"] = (frame[score] >= 0.5).astype(int)
        predicted = predicted or "predicted"
        estimator = nannyml.CBPE(
            y_pred_proba=score, y_pred=predicted, y_true=actual, metrics=names, chunk_size=5000,
            problem_type="classification_binary")
        result = estimator.fit(reference).estimate(analysis).filter(period="analysis").to_df()
        chunks = []
        for place in range(len(result)):
            start = int(result[("chunk", "start_index")].iloc[place])
            end = int(result[("chunk", "end_index")].iloc[place])
            rows = analysis.iloc[start:end + 1]
            chunk = tally(rows[score], rows[predicted])
            chunk.update({name: plain(result[(name, "value")].iloc[place]) for name in names})
            chunks.append(chunk)
        yield {"name": title, "reference": tally(reference[score], reference[actual]), "chunks": chunks}


def write(name, content):
    (HERE / name).write_text(json.dumps(content, indent=0) + "\n")


write("distances.json", [distances(*case) for case in distance_cases()])
write("chi-squares.json", list(chi_squares()))
write("quality.json", quality())
write("cbpe.json", list(cbpe()))
