import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nlu.cascade import MODEL
from nlu.encoder.network import unpacked
from nlu.encoder.pieces import END, SPACE, START, UNKNOWN, Pieces
from nlu.encoder.reader import FILE, MOST, Encoder
from nlu.encoder.recipe.pack import pack, rounded
from nlu.encoder.recipe.source import Source
from nlu.encoder.recipe.vocabulary import kept
from nlu.learner import LABELS, ModelError

PIECES = [START, END, UNKNOWN, SPACE, "a", "b", "c", SPACE + "ba", "ba", "b" + "a", SPACE + "con"]
SCORES = [0.0, 0.0, 0.0, -3.0, -4.0, -4.0, -4.0, -1.0, -2.5, -2.5, -1.5]


@pytest.fixture
def pieces() -> Pieces:
    return Pieces(PIECES, SCORES)


def spelt(pieces: Pieces, word: str) -> list[str]:
    return [PIECES[at] for at in pieces.cut(SPACE + word)]


def test_a_word_is_cut_at_its_likeliest_pieces(pieces: Pieces) -> None:
    assert spelt(pieces, "ba") == [SPACE + "ba"]
    assert spelt(pieces, "baba")[0] == SPACE + "ba"
    assert spelt(pieces, "cab") == [SPACE, "c", "a", "b"]


def test_a_letter_outside_the_vocabulary_is_unknown(pieces: Pieces) -> None:
    assert spelt(pieces, "đ") == [SPACE, UNKNOWN]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abcđ😀", min_size=1, max_size=60), max_size=80))
def test_ids_are_bounded_and_belong_to_words_in_order(words: list[str]) -> None:
    ids, owners = Pieces(PIECES, SCORES).ids(words, MOST)
    assert len(ids) == len(owners) <= MOST
    assert (ids[0], ids[-1]) == (0, 1)
    inside = owners[1:-1]
    assert inside == sorted(inside)
    assert all(0 <= owner < len(words) for owner in inside)


def small_source(width: int = 8) -> Source:
    chance = np.random.default_rng(3)
    return Source(
        pieces=PIECES,
        scores=np.array(SCORES, dtype=np.float32),
        heads=2,
        layers=1,
        epsilon=1e-12,
        tensors={"emb.word": chance.normal(size=(len(PIECES), width)).astype(np.float32)},
    )


def small_weights(width: int = 8) -> dict[str, NDArray[Any]]:
    chance = np.random.default_rng(4)

    def of(*shape: int) -> NDArray[Any]:
        return chance.normal(scale=0.2, size=shape).astype(np.float32)

    weights = {
        "words": small_source(width).tensors["emb.word"],
        "positions": of(MOST, width),
        "norm.w": np.ones(width, dtype=np.float32),
        "norm.b": np.zeros(width, dtype=np.float32),
        "head.w": of(1 + sum(map(len, LABELS.values())), width),
        "head.b": of(1 + sum(map(len, LABELS.values()))),
    }
    for name in ("q", "k", "v", "ao"):
        weights |= {f"l0.{name}.w": of(width, width), f"l0.{name}.b": of(width)}
    weights |= {"l0.fi.w": of(2 * width, width), "l0.fi.b": of(2 * width)}
    weights |= {"l0.fo.w": of(width, 2 * width), "l0.fo.b": of(width)}
    for name in ("aln", "oln"):
        weights |= {f"l0.{name}.w": np.ones(width, dtype=np.float32), f"l0.{name}.b": np.zeros(width, dtype=np.float32)}
    return weights


def packed(folder: Path) -> Path:
    source = small_source()
    pack(folder, pieces=(source, range(len(PIECES))), layers=(0,), weights=small_weights(), heads=2, about={})
    return folder


def test_what_was_packed_is_read_again(tmp_path: Path) -> None:
    look = Encoder.load(packed(tmp_path)).look(["ba", "con"])
    assert {head: len(scores) for head, scores in look.scores.heads.items()} == {
        head: len(labels) for head, labels in LABELS.items()
    }
    assert len(look.reasons) == 2


def test_packing_the_same_weights_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (packed(tmp_path / name) / FILE for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_the_forward_pass_is_that_of_the_paper(tmp_path: Path) -> None:
    """Compared with the same network written out token by token in plain floats."""
    with np.load(packed(tmp_path) / FILE) as stored:
        arrays = {name: stored[name] for name in stored.files}
    network = unpacked(arrays, heads=2)
    ids = [0, 7, 10, 1]
    assert np.allclose(network.states(ids), by_hand(arrays, ids), atol=1e-4)


def by_hand(arrays: dict[str, NDArray[Any]], ids: list[int]) -> NDArray[Any]:
    def matrix(name: str) -> NDArray[Any]:
        found: NDArray[Any] = arrays[name].astype(float) * arrays[name + ".scale"].astype(float)[:, None]
        return found

    def norm(row: NDArray[Any], name: str) -> NDArray[Any]:
        centred = row - row.mean()
        found: NDArray[Any] = centred / np.sqrt((centred**2).mean() + 1e-12) * arrays[name + ".w"] + arrays[name + ".b"]
        return found

    def linear(row: NDArray[Any], name: str) -> NDArray[Any]:
        found: NDArray[Any] = matrix(name + ".w") @ row + arrays[name + ".b"].astype(float)
        return found

    words = matrix("words")
    rows = [norm(words[each] + arrays["positions"][at].astype(float), "norm") for at, each in enumerate(ids)]
    queries, keys, values = ([linear(row, f"l0.{name}").reshape(2, 4) for row in rows] for name in "qkv")
    found = []
    for at, before in enumerate(rows):
        mixed = []
        for head in range(2):
            weights = np.exp([queries[at][head] @ key[head] / 2 for key in keys])
            weights /= weights.sum()
            mixed.append(sum(weight * value[head] for weight, value in zip(weights, values, strict=True)))
        row = norm(before + linear(np.concatenate(mixed), "l0.ao"), "l0.aln")
        inner = linear(row, "l0.fi")
        inner = 0.5 * inner * (1 + np.tanh(0.7978845608 * (inner + 0.044715 * inner**3)))
        found.append(norm(row + linear(inner, "l0.fo"), "l0.oln"))
    return np.stack(found)


def test_the_shares_of_the_words_add_up_to_the_score(tmp_path: Path) -> None:
    encoder = Encoder.load(packed(tmp_path))
    with_marks = encoder.look(["ba", "con", "abc"])
    with np.load(tmp_path / FILE) as stored:
        network = unpacked({name: stored[name] for name in stored.files}, heads=2)
        pieces = Pieces(PIECES, SCORES)
    ids, owners = pieces.ids(["ba", "con", "abc"], MOST)
    weights, bias = network.head
    marks = sum(
        float(state @ weights[:, 0]) / len(ids)
        for state, owner in zip(network.states(ids), owners, strict=True)
        if owner < 0
    )
    assert sum(with_marks.reasons) + marks + bias[0] == pytest.approx(with_marks.scores.disclosure, abs=1e-4)


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=20))
def test_rounding_is_within_half_a_step(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(5, 16)).astype(np.float32)
    rows, scales = rounded(values)
    assert np.abs(rows * scales[:, None] - values).max() <= scales.max() / 2 + 1e-6


def test_the_vocabulary_keeps_marks_syllables_and_what_the_lines_need() -> None:
    source = Source(
        pieces=[START, END, UNKNOWN, SPACE, SPACE + "nghiêng", SPACE + "straße", SPACE + "Berlin", "xyzzy", "ab", "😀"],
        scores=np.zeros(10, dtype=np.float32),
        heads=1,
        layers=1,
        epsilon=1e-12,
        tensors={},
    )
    names = [source.pieces[at] for at in kept(source, ["xyzzy"])]
    assert {START, END, UNKNOWN, SPACE, SPACE + "nghiêng", "xyzzy", "ab", "😀"} <= set(names)
    assert not {SPACE + "straße", SPACE + "Berlin"} & set(names)


@pytest.mark.parametrize("spoilt", [b"", b"no archive", b"PK\x03\x04"])
def test_a_broken_encoder_says_what_to_do(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / FILE).write_bytes(spoilt)
    with pytest.raises(ModelError, match="restore nlu/model"):
        Encoder.load(tmp_path)


def test_the_shipped_encoder_says_where_it_comes_from() -> None:
    about = Encoder.load(MODEL).about
    assert "multilingual-e5-small (MIT)" in json.dumps(about)
    assert (MODEL / FILE).stat().st_size < 30_000_000
