"""Writes our labelled lines as a Rasa project: `python -m nlu.rasa.export FOLDER`.

One model serves intent and topic: a line's label is the intent, or `intent+topic` (see `nlu.engine.label_of`). Entities
stand in Rasa's markup: those of the data file where it has any, else those that our entity component finds.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from nlu.components.entities import ENTITIES
from nlu.corpus import DATA, Kind, Line, corpus_files, load_lines, plain
from nlu.datafile import marked
from nlu.engine import JOINT, label_of
from nlu.evidence import entities_of
from nlu.pipeline import build
from nlu.tables import TableError, read_yaml
from nlu.understanding import Entity, EntityLabel

CONFIG: Final = Path(__file__).parent / "config.yml"
FEWEST: Final = 5
"""A label with fewer lines is written without its topic: too little to learn from."""
_CREDENTIALS: Final = "# No channel: this server understands messages and holds no conversations.\n"
_SEED: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A labelled line, and its text with Rasa's markup."""

    line: Line
    text: str


def read_marked(kind: Kind, folder: Path = DATA) -> list[Marked]:
    """Every line of `folder`/{kind}_*.yml, in the order of file names.

    Raises:
        TableError: a file is broken; says where and what to do.
    """
    nlp = build()

    def find(text: str) -> Sequence[Entity]:
        return entities_of(nlp(text), ENTITIES)

    return [each for path in corpus_files(kind, folder) for each in _file(path, find)]


def _file(path: Path, find: Callable[[str], Sequence[Entity]]) -> list[Marked]:
    lines = load_lines(path)
    data: Any = read_yaml(path)
    written = [example["text"].strip() for block in data["nlu"] for example in block["examples"]]
    if all(plain(text) == text for text in written):
        written = [marked(line.text, find(line.text)) for line in lines]
    return [Marked(line=line, text=text) for line, text in zip(lines, written, strict=True)]


def sample(lines: Sequence[Marked], most: int) -> list[Marked]:
    """At most `most` of the lines, drawn by chance but always the same, in the order they had."""
    if len(lines) <= most:
        return list(lines)
    return [lines[at] for at in sorted(random.Random(_SEED).sample(range(len(lines)), most))]


def labels_of(lines: Sequence[Line]) -> list[str]:
    """The label that Rasa learns for each line."""
    full = [label_of(line.intent, line.topic) for line in lines]
    counted = Counter(full)
    return [label if counted[label] >= FEWEST else label.partition(JOINT)[0] for label in full]


def export(folder: Path, lines: Sequence[Marked], epochs: int | None = None) -> None:
    """Write data/nlu.yml, domain.yml, config.yml and credentials.yml to `folder`; what stands there is replaced.

    `epochs` is how often Rasa goes over the data; None leaves what config.yml says.
    """
    blocks: dict[str, list[Marked]] = {}
    for label, each in zip(labels_of([each.line for each in lines]), lines, strict=True):
        blocks.setdefault(label, []).append(each)
    rows = ['version: "3.1"', "nlu:"]
    for label, inside in sorted(blocks.items()):
        rows += [f"- intent: {label}", "  examples:"]
        # A JSON string is a YAML string, with nothing in it that could be taken for YAML.
        rows += [row for each in inside for row in (f"  - text: {_json(each.text)}", f"    metadata: {_labels(each)}")]
    domain = ['version: "3.1"', "intents:", *(f"- {label}" for label in sorted(blocks)), "entities:"]
    domain += [f"- {label}" for label in get_args(EntityLabel)]
    config = CONFIG.read_text(encoding="utf-8")
    if epochs is not None:
        config = re.sub(r"(?m)^(  epochs:).*$", rf"\1 {epochs}", config)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "nlu.yml").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "domain.yml").write_text("\n".join(domain) + "\n", encoding="utf-8")
    (folder / "config.yml").write_text(config, encoding="utf-8")
    (folder / "credentials.yml").write_text(_CREDENTIALS, encoding="utf-8")


def _labels(each: Marked) -> str:
    line = each.line
    metadata = {
        "disclosure": line.disclosure, "harms": line.harms, "urgency": line.urgency, "subject": line.subject,
        "topic": line.topic, "role": line.role, "band": line.band, "style": line.styles, "writer": line.writer,
    }  # fmt: skip
    return _json(metadata)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Write the project; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m nlu.rasa.export", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the Rasa project is written")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of train_*.yml")
    parser.add_argument("--most", type=int, help="at most so many lines, drawn by chance, always the same")
    parser.add_argument("--epochs", type=int, help="how often Rasa goes over the data (default: as in config.yml)")
    given = parser.parse_args()
    try:
        lines = read_marked("train", given.data)
    except TableError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    if not lines:
        print(f"{given.data}: there is no train_*.yml; name the folder with --data", file=sys.stderr)  # noqa: T201
        return 1
    chosen = sample(lines, given.most) if given.most is not None else lines
    export(given.folder, chosen, given.epochs)
    print(f"{len(chosen)} lines in {given.folder}; train with nlu/rasa/train.sh {given.folder}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
