"""Statistics of interleaved runs: medians, and ratios with their spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Comparison:
    """One line of the report: ours beside a reference, measured in the same run."""

    name: str
    ours: float
    reference: float
    reference_name: str
    ratio: float
    low: float
    high: float
    unit: str

    def as_json(self) -> dict[str, float | str]:
        fields = asdict(self)
        fields["referenceName"] = fields.pop("reference_name")
        return fields


def compare(
    name: str, unit: str, ours: Sequence[float], reference: Sequence[float], reference_name: str
) -> Comparison:
    """`ratio` is median(ours) / median(reference); `low` and `high` are the smallest and the largest
    ratio of a pair measured one after the other (round i of ours, round i of the reference).

    The machine's drift hits both of a pair alike, so pairs spread less than the figures do. The ratio of
    the medians always lies between the two, because a median is monotone in every value.
    """
    if len(ours) != len(reference) or not ours:
        raise ValueError(f"{name}: expected as many runs of both, got {len(ours)} and {len(reference)}")
    if min(*ours, *reference) <= 0:
        raise ValueError(f"{name}: every figure must be positive")
    pairs = [mine / theirs for mine, theirs in zip(ours, reference)]
    ours_median, reference_median = median(ours), median(reference)
    return Comparison(
        name=name,
        ours=ours_median,
        reference=reference_median,
        reference_name=reference_name,
        ratio=ours_median / reference_median,
        low=min(pairs),
        high=max(pairs),
        unit=unit,
    )


def best(candidates: Mapping[str, Sequence[float]], *, higher_is_better: bool) -> str:
    """The name whose median is best: we compare with the strongest opponent, for each figure anew."""
    choose = max if higher_is_better else min
    return choose(candidates, key=lambda name: median(candidates[name]))
