"""The numbers by which candidates are ranked and confidence is told; learnt from the knowledge (see `calibrate`)."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.matching.features import NAMES, QUESTION_NAMES, Matrix

#: What the confidence looks at beside the best candidate's own features.
CONFIDENCE_NAMES = (*NAMES, *QUESTION_NAMES, "share", "lead", "gap", "lead_times_covered", "entry_squared")

Number = Annotated[float, Field(allow_inf_nan=False)]


class Linear(BaseModel):
    """A weighted sum of standardised features."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: tuple[Number, ...]
    scale: tuple[Number, ...]
    weights: tuple[Number, ...]
    bias: Number = 0.0

    @model_validator(mode="after")
    def _fits(self) -> Linear:
        if not len(self.mean) == len(self.scale) == len(self.weights):
            raise ValueError("mean, scale and weights of a linear model must be equally long")
        return self

    def __call__(self, features: Matrix) -> Matrix:
        """The sum for each line of features."""
        standard = (features - np.asarray(self.mean)) / np.asarray(self.scale)
        result: Matrix = standard @ np.asarray(self.weights) + self.bias
        return result


class Judgement(BaseModel):
    """How sure the first candidate is, and from when on it is given as the answer or shown among others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confidence: Linear
    answer: Annotated[float, Field(gt=0, lt=1)]
    clarify: Annotated[float, Field(gt=0, lt=1)]

    @model_validator(mode="after")
    def _fits(self) -> Judgement:
        if len(self.confidence.weights) != len(CONFIDENCE_NAMES):
            raise ValueError("the calibration belongs to other features: run `haidang kb build`")
        if self.clarify > self.answer:
            raise ValueError("the threshold for asking back lies above the one for answering")
        return self


class Calibration(BaseModel):
    """One ranker, and a judgement for each language: their entries have differently many phrasings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = "2"
    ranker: Linear
    vi: Judgement
    en: Judgement

    @model_validator(mode="after")
    def _fits(self) -> Calibration:
        if len(self.ranker.weights) != len(NAMES):
            raise ValueError("the calibration belongs to other features: run `haidang kb build`")
        return self

    def judgement(self, language: str) -> Judgement:
        """The judgement for questions in that language."""
        return self.en if language == "en" else self.vi


def shares(scores: Matrix) -> Matrix:
    """Scores of rivals as shares of 1."""
    if len(scores) == 0:
        return scores
    powers = np.exp(scores - scores.max())
    result: Matrix = powers / powers.sum()
    return result


def confidence_features(
    features: Matrix, share: Matrix, live: list[bool], best: int, question: list[float]
) -> list[float]:
    """The line for the confidence in candidate `best`, the first of those with an entry."""
    others = [float(share[i]) for i in range(len(share)) if live[i] and i != best]
    lead = math.log(max(float(share[best]), 1e-6) / max(*others, 1e-6)) if others else 5.0
    gap = float(sum(share[i] for i in range(len(share)) if not live[i]))
    line = [float(x) for x in features[best]]
    lead = min(max(lead, -3.0), 6.0)
    covered, entry = line[NAMES.index("covered_by_entry")], line[NAMES.index("entry")]
    return [*line, *question, float(share[best]), lead, gap, lead * covered, entry * entry]


def sigmoid(x: float) -> float:
    """The logistic function, safe for any number."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
