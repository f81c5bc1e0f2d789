"""From the data folder to a written model, its figures and its card."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nlu import training
from nlu.calibration import Seen, fitted
from nlu.card import write_card
from nlu.cascade import Cascade
from nlu.components.rules import rules_in
from nlu.corpus import Line, data_hash, load_corpus
from nlu.encoder.reader import FILE, Encoder
from nlu.evaluation import report
from nlu.linear import Linear
from nlu.listener import Listener
from nlu.marks import without_marks
from nlu.normalise import normalise
from nlu.pipeline import build
from nlu.tokens import tokens_of


def make_model(data: Path, out: Path, card: Path | None = None) -> dict[str, dict[str, object]]:
    """Train on `data`, write the model and figures.json to `out`, and the card to `card`.

    An encoder that already stands in `out` is kept and joined; it is made by `nlu.encoder.recipe`. Gives the figures of
    the test lines, or of the dev lines where there are none.

    Raises:
        TableError: a data file is broken.
        ValueError: the data hold no disclosures, or nothing but disclosures.
        ModelError: the encoder in `out` is broken.
    """
    nlp = build()
    lines = {kind: load_corpus(kind, data) for kind in ("train", "dev", "test")}
    trained = training.train(lines["train"], lambda text: rules_in(nlp(text)))
    encoder = Encoder.load(out) if (out / FILE).exists() else None
    linear = trained.linear()
    calibration = fitted(seen(linear, encoder, lines["dev"], lambda text: rules_in(nlp(text))))
    version = data_hash(data)
    learner = Cascade(linear, encoder, calibration, version)
    meta = trained.meta | {
        "version": version,
        "encoder": encoder.digest if encoder else "",
        "calibration": asdict(calibration),
    }
    write_model(out, meta, trained.arrays)
    listener = Listener(learner)
    tables = {kind: report(listener, lines[kind]) for kind in ("dev", "test") if lines[kind]}
    summary = {"version": version, "thresholds": asdict(calibration.thresholds)} | tables
    text = json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=False)
    (out / "figures.json").write_text(text + "\n", encoding="utf-8")
    if card is not None:
        write_card(card, lines, summary, listener)
    return tables.get("test", tables["dev"])


def seen(
    linear: Linear, encoder: Encoder | None, lines: Sequence[Line], rules_of: Callable[[str], tuple[str, ...]]
) -> list[Seen]:
    """The lines, as written and without diacritics, with both models' scores."""
    found = []
    for line in lines:
        for text in dict.fromkeys((line.text, without_marks(line.text))):
            tokens = tokens_of(normalise(text))
            first, window = linear.scores(tokens, rules_of(text))
            look = encoder.look(tokens.words[slice(*window)]) if encoder else None
            found.append(Seen(line=line, first=first, second=look.scores if look else None))
    return found


def write_model(folder: Path, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
    """Write model.json and weights.npz."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(meta, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")
    np.savez_compressed(folder / "weights.npz", **arrays)
