"""Labelled lines: the committed data (Rasa NLU training format 3.1) and JSON lines made by others."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from nlu.tables import TableError, line_at, read_yaml, validated
from nlu.understanding import Decision, Harm, Intent, Subject, Topic, Urgency

DATA: Final = Path(__file__).parent / "data"
Kind = Literal["train", "dev", "test"]
"""What lines are for: to learn from, to set thresholds on, to judge by (nobody tunes on these)."""
_MARKUP: Final = re.compile(r"\[([^\]\n]+)\](?:\([^)\n]*\)|\{[^}\n]*\})")
_TALK: Final = frozenset({"chitchat", "out_of_scope", "give_opinion"})
_HARDLY: Final = 0.03
_DECISIONS: Final[dict[Any, Decision]] = {
    True: "disclosure", "true": "disclosure", "disclosure": "disclosure",
    False: "none", "false": "none", "none": "none", "borderline": "borderline",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One labelled message. `styles` may be empty; `writer` names the voice that wrote it."""

    text: str
    intent: Intent
    topic: Topic = "none"
    disclosure: Decision = "none"
    harms: tuple[Harm, ...] = ()
    urgency: Urgency = "none"
    subject: Subject = "none"
    role: str = ""
    band: str = ""
    styles: tuple[str, ...] = ()
    writer: str = ""
    context: tuple[str, ...] = ()


def _as_decision(value: object) -> object:
    key = value.lower() if isinstance(value, str) else value
    return _DECISIONS.get(key, value) if isinstance(key, str | bool) else value


def _as_tuple(value: object) -> object:
    if value is None or value in ("", "none"):
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip() not in {"", "none"})
    return value


class _Labels(BaseModel):
    """The labels of one line, as YAML metadata or JSON fields."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    disclosure: Annotated[Decision, BeforeValidator(_as_decision)] = "none"
    harms: Annotated[tuple[Harm, ...], BeforeValidator(_as_tuple)] = ()
    urgency: Urgency = "none"
    subject: Subject = "none"
    topic: Topic = "none"
    role: str = ""
    band: str = ""
    style: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    writer: str = ""


class _Example(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    metadata: _Labels


class _IntentBlock(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    intent: Intent
    examples: list[_Example]

    @model_validator(mode="after")
    def _disclose_is_disclosure(self) -> "_IntentBlock":
        for example in self.examples:
            if (self.intent == "disclose") != (example.metadata.disclosure == "disclosure"):
                raise ValueError("intent is disclose exactly when disclosure is true")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal["3.1"]
    nlu: list[_IntentBlock]


class _JsonLine(_Labels):
    text: str
    intent: Intent | None = None
    age_band: str = ""
    context: tuple[str, ...] = ()


def ordinary(lines: Sequence[Line]) -> list[bool]:
    """Which lines are plain talk by writers who wrote of hardly any harm: what a bot meets most, unlike hard cases."""
    wrote = Counter(line.writer for line in lines)
    told = Counter(line.writer for line in lines if line.disclosure == "disclosure")
    return [
        line.disclosure == "none" and line.intent in _TALK and told[line.writer] <= _HARDLY * wrote[line.writer]
        for line in lines
    ]


def plain(text: str) -> str:
    """`text` without Rasa's entity markup: "[ba](relation) về" -> "ba về"."""
    return _MARKUP.sub(r"\1", text).strip()


def load_corpus(kind: Kind, folder: Path = DATA) -> list[Line]:
    """Every line of `folder`/{kind}_*.yml, in the order of file names.

    Raises:
        TableError: a file is broken; says where and what to do.
    """
    return [line for path in corpus_files(kind, folder) for line in load_lines(path)]


def corpus_files(kind: Kind, folder: Path = DATA) -> list[Path]:
    """The data files of one kind, in a fixed order."""
    return sorted(folder.glob(f"{kind}_*.yml"))


def data_hash(folder: Path = DATA) -> str:
    """A short hash of the files that a model is made of: train and dev. Empty where there are none."""
    files = [*corpus_files("train", folder), *corpus_files("dev", folder)]
    if not files:
        return ""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def load_lines(path: Path) -> list[Line]:
    """The labelled lines of a data YAML or of a file of JSON lines.

    Raises:
        TableError: the file is broken; says where and what to do.
    """
    if path.suffix in {".yml", ".yaml"}:
        return _from_yaml(path)
    return _from_json(path)


def _from_yaml(path: Path) -> list[Line]:
    data = read_yaml(path)
    blocks = validated(_File, data, path).nlu
    lines: list[Line] = []
    for at, block in enumerate(blocks):
        for number, example in enumerate(block.examples):
            text = plain(example.text)
            if not text:
                where = line_at(path, ("nlu", at, "examples", number, "text"))
                raise TableError(path, where, "E-TEXT", "the text is empty; write it or remove the example")
            lines.append(_line(text, block.intent, example.metadata))
    return lines


def _line(text: str, intent: Intent, labels: _Labels, context: tuple[str, ...] = ()) -> Line:
    return Line(
        text=text,
        intent=intent,
        topic=labels.topic,
        disclosure=labels.disclosure,
        harms=labels.harms,
        urgency=labels.urgency,
        subject=labels.subject,
        role=labels.role,
        band=labels.band,
        styles=labels.style,
        writer=labels.writer,
        context=context,
    )


def _from_json(path: Path) -> list[Line]:
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(path, 1, "E-READ", "cannot be read as UTF-8; check the path and the file") from error
    return [_json_line(path, number, row) for number, row in enumerate(rows, 1) if row.strip()]


def _json_line(path: Path, number: int, row: str) -> Line:
    try:
        labels = _JsonLine.model_validate(json.loads(row))
    except json.JSONDecodeError as error:
        raise TableError(path, number, "E-JSON", f"is not JSON ({error.msg}); mend this line") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the line"
        raise TableError(path, number, "E-FIELD", f"{where}: {first['msg']}; mend it") from None
    intent = labels.intent or ("disclose" if labels.disclosure == "disclosure" else "chitchat")
    line = _line(labels.text, intent, labels, labels.context)
    return replace(line, band=line.band or labels.age_band)
