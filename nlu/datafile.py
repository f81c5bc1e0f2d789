"""Writes data files: Rasa's NLU format 3.1, entities in its markup, the safety labels as metadata."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from nlu import pipeline
from nlu.components.entities import ENTITIES
from nlu.corpus import Line, load_lines
from nlu.evidence import entities_of
from nlu.understanding import Entity

EntitiesOf = Callable[[str], Sequence[Entity]]


def mark_files(folder: Path) -> None:
    """Write every data file of `folder` anew, with the entities that the pipeline finds marked up.

    Raises:
        TableError: a file is broken; it and those after it are left as they are.
    """
    nlp = pipeline.build()
    for path in sorted(folder.glob("*.yml")):
        path.write_text(as_yaml(load_lines(path), lambda text: entities_of(nlp(text), ENTITIES)), encoding="utf-8")


def as_yaml(lines: Sequence[Line], entities_of: EntitiesOf) -> str:
    """The lines as a data file, grouped by intent in the order in which intents first occur."""
    blocks: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        blocks[line.intent].append(line)
    rows = ['version: "3.1"', "nlu:"]
    for intent, inside in blocks.items():
        rows += [f"- intent: {intent}", "  examples:"]
        rows += [_example(line, entities_of(line.text)) for line in inside]
    return "\n".join(rows) + "\n"


def _example(line: Line, entities: Sequence[Entity]) -> str:
    return f"  - text: |\n      {marked(line.text, entities)}\n{_metadata(line)}"


def marked(text: str, entities: Sequence[Entity]) -> str:
    """`text` with Rasa's markup: "[ba]{"entity": "relation", "value": "father"} về", "[8 giờ](time)"."""
    parts: list[str] = []
    at = 0
    for entity in entities:
        found = text[entity.start : entity.end]
        if entity.start < at or set(found) & set("[]\n"):
            continue
        parts += [text[at : entity.start], f"[{found}]", _label(entity)]
        at = entity.end
    return "".join(parts) + text[at:]


def _label(entity: Entity) -> str:
    if entity.value is None:
        return f"({entity.label})"
    return json.dumps({"entity": entity.label, "value": entity.value}, ensure_ascii=False)


def _metadata(line: Line) -> str:
    fields = [f"disclosure: {_DECISION.get(line.disclosure, line.disclosure)}"]
    if line.harms:
        fields.append(f"harms: [{', '.join(line.harms)}]")
    for name, absent in (("urgency", "none"), ("subject", "none"), ("topic", "none"), ("role", ""), ("band", "")):
        fields += [f"{name}: {value}" for value in (getattr(line, name),) if value != absent]
    if line.styles:
        fields.append(f"style: [{', '.join(line.styles)}]")
    if line.writer:
        fields.append(f"writer: {line.writer}")
    return "    metadata: {" + ", ".join(fields) + "}"


_DECISION = {"disclosure": "true", "none": "false"}
