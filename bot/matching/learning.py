"""Two small learners, enough for a few thousand lines of a few dozen features: Newton's method with a ridge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.matching.calibration import Linear
from bot.matching.features import Matrix


def standardise(lines: Matrix) -> tuple[Matrix, Matrix]:
    """Mean and spread of each column; a column that never changes gets spread 1."""
    mean, scale = lines.mean(axis=0), lines.std(axis=0)
    return mean, np.where(scale < 1e-6, 1.0, scale)


def fit_logistic(
    lines: Matrix, right: Matrix, *, counts: Matrix | None = None, ridge: float = 2.0, rounds: int = 25
) -> Linear:
    """Logistic regression of `right` (0 or 1) on the lines; `counts` says how often each line counts (once)."""
    often = np.ones(len(lines)) if counts is None else counts
    mean, scale = standardise(lines)
    x = np.hstack([(lines - mean) / scale, np.ones((len(lines), 1))])
    penalty = np.full(x.shape[1], ridge)
    penalty[-1] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (often * (p - right)) + penalty * w
        curvature = (x * (often * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return Linear(mean=_numbers(mean), scale=_numbers(scale), weights=_numbers(w[:-1]), bias=round(float(w[-1]), 5))


def fit_choice(cases: Sequence[tuple[Matrix, int]], *, ridge: float = 2.0, rounds: int = 20) -> Linear:
    """A ranker: the chance that a candidate is the right one grows with the weighted sum of its features."""
    mean, scale = standardise(np.vstack([f for f, _ in cases]))
    standard = [((f - mean) / scale, right) for f, right in cases]
    width = len(mean)
    w = np.zeros(width)
    for _ in range(rounds):
        gradient, curvature = ridge * w, np.eye(width) * ridge
        for x, right in standard:
            scores = x @ w
            p = np.exp(scores - scores.max())
            p /= p.sum()
            middle = p @ x
            gradient = gradient + middle - x[right]
            curvature = curvature + (x * p[:, None]).T @ x - np.outer(middle, middle)
        step = np.linalg.solve(curvature, gradient)
        w = w - step
        if np.abs(step).max() < 1e-5:
            break
    return Linear(mean=_numbers(mean), scale=_numbers(scale), weights=_numbers(w))


def _numbers(values: Matrix) -> tuple[float, ...]:
    return tuple(round(float(v), 5) for v in values)
