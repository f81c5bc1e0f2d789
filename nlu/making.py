"""From the data folder to a written model, its figures and its card."""

import json
from pathlib import Path

from nlu import training
from nlu.card import write_card
from nlu.components.rules import rules_in
from nlu.corpus import load_corpus
from nlu.evaluation import report
from nlu.listener import Listener
from nlu.pipeline import build


def make_model(data: Path, out: Path, card: Path | None = None) -> dict[str, dict[str, object]]:
    """Train on `data`, write the model and figures.json to `out`, and the card to `card`; gives the dev figures.

    Raises:
        TableError: a data file is broken.
        ValueError: the data hold no disclosures, or nothing but disclosures.
    """
    nlp = build()
    train = load_corpus("train", data)
    trained = training.train(train, lambda text: rules_in(nlp(text)))
    trained.write(out)
    dev = load_corpus("dev", data)
    tables = report(Listener(trained.learner()), dev)
    summary = {"version": trained.meta["version"], "thresholds": trained.meta["thresholds"], "dev": tables}
    text = json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=False)
    (out / "figures.json").write_text(text + "\n", encoding="utf-8")
    if card is not None:
        write_card(card, train, dev, summary)
    return tables
