"""Small networks from scratch (torch): a convolution over letters, a transformer of two layers over words.

torch is imported when a network is trained, so that the rest of the comparison runs without it.
"""

import importlib
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bench.learners.parts import SEED, Fitted, Values, as_values, marked

_BATCH: Final = 64
_SORTED_TOGETHER: Final = 40
_DROPOUT: Final = 0.3
_DECAY: Final = 0.01
_WARM_UP: Final = 0.1
_CLIP: Final = 1.0
_RAREST: Final = 2
_LETTERS: Final = 300
"""Letters of a text that are read."""
_WORDS: Final = 64
"""Words of a text that are read."""
_WIDTHS: Final = (3, 5, 7)
_EMBEDDED: Final = 32
_FILTERS: Final = 128
_STATE: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """`weights` is a torch module; `forward` gives one score a row of ids, 0 being no id."""

    weights: Any
    forward: Callable[[Any], Any]
    ids: Callable[[str], list[int]]


def torch_on_one_thread() -> Any:
    """The torch package; the same seed then gives the same weights on the same processor."""
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    return torch


def char_cnn(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
    """Letters through convolutions of three widths and a maximum over the text (Kim 2014; Zhang et al. 2015)."""
    torch = torch_on_one_thread()
    torch.manual_seed(SEED)
    known = _vocabulary(marked(text) for text in texts)
    fn = torch.nn.functional
    weights = torch.nn.ModuleDict(
        {
            "letters": torch.nn.Embedding(len(known) + 2, _EMBEDDED, padding_idx=0),
            "filters": torch.nn.ModuleList(
                torch.nn.Conv1d(_EMBEDDED, _FILTERS, width, padding=width // 2) for width in _WIDTHS
            ),
            "inner": torch.nn.Linear(_FILTERS * len(_WIDTHS), _STATE),
            "outer": torch.nn.Linear(_STATE, 1),
        }
    )

    def forward(ids: Any) -> Any:
        seen = fn.dropout(weights["letters"](ids), _DROPOUT / 3, weights.training).transpose(1, 2)
        most = torch.cat([fn.relu(each(seen)).amax(dim=2) for each in weights["filters"]], dim=1)
        state = fn.relu(weights["inner"](fn.dropout(most, _DROPOUT, weights.training)))
        return weights["outer"](fn.dropout(state, _DROPOUT, weights.training))[:, 0]

    net = Net(
        weights=weights, forward=forward, ids=lambda text: [known.get(each, 1) for each in marked(text)[:_LETTERS]]
    )
    return _taught(net, texts, labels, epochs=10, rate=2e-3)


def transformer(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
    """Words through two layers of attention (Vaswani et al. 2017) and a mean over the text."""
    torch = torch_on_one_thread()
    torch.manual_seed(SEED)
    known = _vocabulary(marked(text).split() for text in texts)
    layer = torch.nn.TransformerEncoderLayer(
        _STATE, nhead=4, dim_feedforward=2 * _STATE, dropout=_DROPOUT / 2, batch_first=True
    )
    weights = torch.nn.ModuleDict(
        {
            "words": torch.nn.Embedding(len(known) + 2, _STATE, padding_idx=0),
            "places": torch.nn.Embedding(_WORDS, _STATE),
            "layers": torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False),
            "outer": torch.nn.Linear(_STATE, 1),
        }
    )

    def forward(ids: Any) -> Any:
        absent = ids == 0
        seen = weights["words"](ids) + weights["places"](torch.arange(ids.shape[1]))
        seen = torch.nn.functional.dropout(seen, _DROPOUT, weights.training)
        state = weights["layers"](seen, src_key_padding_mask=absent)
        share = (~absent)[..., None].float()
        return weights["outer"]((state * share).sum(1) / share.sum(1))[:, 0]

    net = Net(
        weights=weights,
        forward=forward,
        ids=lambda text: [known.get(each, 1) for each in marked(text).split()[:_WORDS]],
    )
    return _taught(net, texts, labels, epochs=6, rate=1e-3)


def _vocabulary(texts: Any) -> dict[str, int]:
    """An id from 2 on for everything seen twice; 1 is the unknown."""
    counts = Counter(part for text in texts for part in text)
    return {part: at for at, part in enumerate(sorted(part for part in counts if counts[part] >= _RAREST), 2)}


def _taught(net: Net, texts: Sequence[str], labels: Sequence[bool], *, epochs: int, rate: float) -> Fitted:
    """AdamW with a warm-up and a linear fall to nothing."""
    torch = torch_on_one_thread()
    chance = random.Random(SEED)
    rows = [net.ids(text) or [1] for text in texts]
    truth = torch.tensor([float(label) for label in labels])
    optimiser = torch.optim.AdamW(net.weights.parameters(), lr=rate, weight_decay=_DECAY)
    steps = epochs * math.ceil(len(rows) / _BATCH)
    warm = max(1, int(_WARM_UP * steps))
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: (step + 1) / warm if step < warm else max(0.0, (steps - step) / (steps - warm))
    )
    net.weights.train()
    for _ in range(epochs):
        for batch in batches([len(row) for row in rows], chance):
            scores = net.forward(padded([rows[at] for at in batch]))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, truth[batch])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.weights.parameters(), _CLIP)
            optimiser.step()
            pace.step()
    net.weights.eval()

    def score(more: Sequence[str]) -> Values:
        return in_batches([net.ids(text) or [1] for text in more], lambda ids: net.forward(ids).numpy())

    return Fitted(score=score, size=sum(4 * each.numel() for each in net.weights.parameters()))


def in_batches(rows: Sequence[list[int]], forward: Callable[[Any], Any], filler: int = 0) -> Values:
    """What `forward` gives for rows of ids, computed in batches of like length, in the order of the rows."""
    torch = torch_on_one_thread()
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    together = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
    with torch.no_grad():
        parts = [forward(padded([rows[at] for at in places], filler)) for places in together]
    found = np.concatenate(parts).astype(np.float64)
    back = np.empty_like(found)
    back[order] = found
    return back if back.ndim > 1 else as_values(back)


def padded(rows: Sequence[list[int]], filler: int = 0) -> Any:
    """Rows of ids filled up to one length, at least that of the widest filter."""
    torch = torch_on_one_thread()
    length = max(*map(len, rows), *_WIDTHS)
    return torch.tensor([row + [filler] * (length - len(row)) for row in rows])


def batches(sizes: Sequence[int], chance: random.Random) -> list[list[int]]:
    """Every place once, in a random order of batches of like size."""
    order = list(range(len(sizes)))
    chance.shuffle(order)
    found = []
    for start in range(0, len(order), _BATCH * _SORTED_TOGETHER):
        near = sorted(order[start : start + _BATCH * _SORTED_TOGETHER], key=lambda at: sizes[at])
        found += [near[at : at + _BATCH] for at in range(0, len(near), _BATCH)]
    chance.shuffle(found)
    return found
