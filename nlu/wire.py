"""The JSON lines of `khien nlu parse`: a request in, an answer out."""

import json
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from nlu.understanding import Understanding


class RequestError(ValueError):
    """A line is no request; the message says what is wrong and never repeats the text."""


class Request(BaseModel):
    """One line of input; `role` and `age_band` may hold anything, what is unknown means unknown."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int | float | None
    text: str
    context: tuple[str, ...] = ()
    role: str | None = None
    age_band: str | None = None


def read_request(row: str) -> Request:
    """The request in one line of JSON.

    Raises:
        RequestError: it is not JSON, or a field is missing or of a wrong type.
    """
    try:
        data: Any = json.loads(row)
    except ValueError as error:
        raise RequestError(f"is not JSON ({getattr(error, 'msg', 'bad value')})") from None
    if isinstance(data, dict):
        for field in ("role", "age_band"):
            if not isinstance(data.get(field), str):
                data.pop(field, None)
        if data.get("context") is None:
            data.pop("context", None)
    try:
        return Request.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the line"
        raise RequestError(f"{where}: {first['msg']}") from None


def as_json(identifier: str | float | None, understood: Understanding) -> str:
    """The answer as one line of JSON."""
    entities = [asdict(entity) for entity in understood.entities]
    for entity in entities:
        if entity["value"] is None:
            del entity["value"]
    answer = {
        "id": identifier,
        "intent": {"name": understood.intent, "confidence": round(understood.confidence, 4)},
        "topic": understood.topic,
        "disclosure": {"probability": round(understood.probability, 4), "decision": understood.decision},
        "harms": list(understood.harms),
        "urgency": understood.urgency,
        "subject": understood.subject,
        "entities": entities,
        "evidence": [asdict(evidence) for evidence in understood.evidence],
    }
    return json.dumps(answer, ensure_ascii=True)
