"""What a counsellor sees of a decision: the words of the text as sent that led to it, and what they name."""

from typing import Final, cast

from spacy.tokens import Doc

from nlu.components.classifier import TOKENS
from nlu.components.rules import rules_in
from nlu.learner import Learner
from nlu.normalise import Normalised
from nlu.tokenizer import NORMALISED
from nlu.tokens import Tokens
from nlu.understanding import Entity, EntityLabel, Evidence

_MOST: Final = 5
_RED_FLAG_WEIGHT: Final = 1.0
_WEAKEST: Final = 0.15


def entities_of(doc: Doc, key: str) -> tuple[Entity, ...]:
    """The entities of a Doc, placed in the text as sent, in order."""
    normalised: Normalised = doc._.get(NORMALISED)
    entities = []
    for span in doc.spans[key]:
        start, end = normalised.span(span.start_char, span.end_char)
        label = cast("EntityLabel", span.label_)
        text = normalised.source[start:end]
        entities.append(Entity(label=label, start=start, end=end, text=text, value=span.id_ or None))
    return tuple(sorted(entities, key=lambda entity: (entity.start, entity.end)))


def evidence_of(doc: Doc, learner: Learner, key: str) -> tuple[Evidence, ...]:
    """The strongest few spans: red flags first, then runs of words that the learner weighed, in order of place."""
    normalised: Normalised = doc._.get(NORMALISED)
    tokens: Tokens = doc._.get(TOKENS)
    weights = learner.reasons(tokens, rules_in(doc))
    top = max(weights, default=0.0)
    marks: dict[tuple[int, int], float] = {}
    for span in doc.spans[key]:
        marks[normalised.span(span.start_char, span.end_char)] = _RED_FLAG_WEIGHT
    for first, last in _runs(weights, top * _WEAKEST):
        place = normalised.span(tokens.spans[first][0], tokens.spans[last - 1][1])
        if not any(start <= place[0] and place[1] <= end for start, end in marks):
            marks[place] = max(weights[first:last]) / top * 0.9
    strongest = sorted(marks.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return tuple(
        Evidence(start=start, end=end, text=normalised.source[start:end], weight=round(weight, 3))
        for (start, end), weight in sorted(strongest)
        if end > start
    )


def _runs(weights: list[float], weakest: float) -> list[tuple[int, int]]:
    """Neighbouring words that each speak for the decision, as (first, past the last)."""
    runs: list[tuple[int, int]] = []
    for at, weight in enumerate(weights):
        if weight <= weakest:
            continue
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs
