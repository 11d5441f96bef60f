"""The numbers of the matching are learnt from the FAQ alone, and can be stored."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from bot.faq.snapshot import Snapshot
from bot.matching import Calibration, Matcher, calibrate
from bot.matching.defaults import DEFAULT_CALIBRATION
from bot.matching.index import Hidden
from bot.matching.learning import fit_choice, fit_logistic
from bot.matching.ranking import Ranking


@pytest.fixture(scope="module")
def learnt(small: Snapshot) -> Calibration:
    return calibrate(small, 7, most=300)


def test_the_same_seed_gives_the_same_calibration(small: Snapshot, learnt: Calibration) -> None:
    assert calibrate(small, 7, most=300) == learnt
    assert calibrate(small, 8, most=300) != learnt


def test_a_calibration_survives_json(learnt: Calibration) -> None:
    assert Calibration.model_validate_json(learnt.model_dump_json()) == learnt


def test_a_learnt_calibration_serves_a_matcher(small: Snapshot, learnt: Calibration) -> None:
    assert Matcher(small, learnt).match("không có vms thì phạt bao nhiêu tiền").candidates[0].entry == "tracker-fine"


def test_thresholds_are_ordered() -> None:
    for judgement in (DEFAULT_CALIBRATION.vi, DEFAULT_CALIBRATION.en):
        assert 0 < judgement.clarify <= judgement.answer < 1


def test_a_calibration_of_other_features_is_refused(learnt: Calibration) -> None:
    other = learnt.model_dump()
    other["ranker"]["weights"] = other["ranker"]["weights"][:-1]
    with pytest.raises(ValidationError):
        Calibration.model_validate(other)


def test_what_is_hidden_is_as_if_it_did_not_exist(small: Snapshot) -> None:
    ranking = Ranking(small)
    index = ranking.indexes["vi"]
    number = next(i for i, row in enumerate(index.rows) if row.text == "xin miễn hoa tiêu cần gì")
    row = index.rows[number]
    open_ = ranking.look(row.text, "vi")
    without_row = ranking.look(row.text, "vi", Hidden(row.topic, number))
    without_topic = ranking.look(row.text, "vi", Hidden(row.topic))
    assert open_.evidence.pieces[number] == pytest.approx(1.0)
    assert without_row.evidence.pieces[number] == 0
    assert 0 < without_row.evidence.entry[row.topic] < open_.evidence.entry[row.topic]
    assert row.topic in without_row.evidence.order
    assert row.topic not in without_topic.evidence.order


def test_logistic_regression_finds_the_telling_column() -> None:
    chance = np.random.default_rng(1)
    lines = chance.normal(size=(400, 3))
    model = fit_logistic(lines, (lines[:, 1] > 0).astype(float))
    assert model.weights[1] > 3 * max(abs(model.weights[0]), abs(model.weights[2]))


def test_the_ranker_finds_the_telling_column() -> None:
    chance = np.random.default_rng(2)
    cases = [(lines, int(lines[:, 0].argmax())) for lines in (chance.normal(size=(5, 3)) for _ in range(200))]
    model = fit_choice(cases)
    assert model.weights[0] > 3 * max(abs(model.weights[1]), abs(model.weights[2]))
