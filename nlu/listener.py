"""The listener: one message and the few before it in, an `Understanding` out. Never raises on any text."""

import hashlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlu import pipeline
from nlu.cascade import Cascade
from nlu.components.classifier import READING, TOKENS
from nlu.components.entities import ENTITIES
from nlu.components.rules import BENIGN, RED_FLAGS, URGENT, rules_in
from nlu.decision import Judgement, Signs, judge
from nlu.evidence import entities_of, evidence_of
from nlu.learner import Learner, Reading, Thresholds
from nlu.understanding import Entity, Evidence, Understanding

CONTEXT_MESSAGES: Final = 8
"""How many earlier messages are read; older ones are passed over."""
REMEMBERED: Final = 2048
"""How many messages' signs are kept, the latest; a message is read again with each that follows it."""
CONTEXT_LETTERS: Final = 600
"""How much of each earlier message is read together with the others; its end, where hints stand."""

PARTS: Final = 24
"""How many messages of one burst are read by themselves too: the first and the last half of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a reading rests on, for `khien nlu explain`."""

    rules: tuple[str, ...]
    encoder_asked: bool


class Listener:
    """Reads messages; safe to share between threads."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._nlp: Language = pipeline.build(learner)
        self._lock = threading.Lock()
        self._salt: Final = secrets.token_bytes(16)
        self._remembered: dict[bytes, Signs] = {}  # by a keyed hash: what was written is not kept

    @classmethod
    def load(cls, path: Path | None = None) -> "Listener":
        """The listener with the model in the folder `path`, by default the one shipped.

        Raises:
            ModelError: there is no usable model; run `khien nlu train`.
            TableError: a data table is broken.
        """
        # The encoder's matrices are small: a second thread gains little on an idle machine, and on a busy one the two
        # wait for each other by spinning, which costs several times the work itself.
        threadpool_limits(limits=1, user_api="blas")
        return cls(Cascade.load(path))

    @property
    def version(self) -> str:
        """The hash of the data that the model was trained on."""
        return self._learner.version

    @property
    def thresholds(self) -> Thresholds:
        """Where probabilities become decisions."""
        return self._learner.thresholds

    def grounds(self, text: str) -> Grounds:
        """Which rules fire in `text` alone, and whether the encoder was asked about it."""
        with self._lock:
            doc = self._nlp(text)
        rules = tuple(sorted({span.label_ for key in (RED_FLAGS, BENIGN, URGENT) for span in doc.spans[key]}))
        asked = isinstance(self._learner, Cascade) and self._learner.asked(doc._.get(TOKENS), rules_in(doc))
        return Grounds(rules=rules, encoder_asked=asked)

    def understand(
        self, text: str, context: Sequence[str] = (), role: str | None = None, age_band: str | None = None
    ) -> Understanding:
        """What `text` says, read together with `context` (earlier messages of the same person, oldest first).

        A disclosure in the context stands until the context ends: "đùa thôi" does not cancel it. Offsets concern
        `text` alone. `role` and `age_band` may be anything; what is unknown is taken as unknown. Of a text longer than
        `nlu.normalise.LIMIT` code points the first and the last half of that are read.
        """
        return self.readings(text, context, role, age_band)[1]

    def readings(
        self,
        text: str,
        context: Sequence[str] = (),
        role: str | None = None,
        age_band: str | None = None,
        parts: Sequence[str] = (),
    ) -> tuple[Understanding, Understanding]:
        """What `text` says by itself, and together with `context`; see `understand`.

        Of a burst, `parts` are the messages that it was joined from; what one of them says stands. Where one message
        breaks its lines, that says nothing.
        """
        del age_band  # the words decide; a stated age is read by nlu.answers
        before = [message[-CONTEXT_LETTERS:] for message in list(context)[-CONTEXT_MESSAGES:] if message]
        with self._lock:  # spaCy's string store is not made for writers in parallel
            others = [self._signs_of(message) for message in before]
            if before:
                others.append(_signs(self._nlp(" . ".join([*before, text]))))
            each = [self._signs_of(part) for part in _some(parts)]
            doc = self._nlp(text)  # the last: the learner keeps what it saw for the evidence
            whole = _signs(doc)
            own = [whole, *each, whole] if each else [whole]  # `judge` wants what is joined last
            alone = judge(own, self._learner.thresholds, role, len(each))
            every = [whole, *each, *others] if others else own
            together = judge(every, self._learner.thresholds, role, len(each))
            found = alone.decision != "none" or together.decision != "none"
            evidence = evidence_of(doc, self._learner, RED_FLAGS) if found else ()
        entities = entities_of(doc, ENTITIES)
        return _understanding(alone, entities, evidence), _understanding(together, entities, evidence)

    def _signs_of(self, earlier: str) -> Signs:
        key = hashlib.blake2b(earlier.encode("utf-8", "surrogatepass"), key=self._salt).digest()
        found = self._remembered.pop(key, None) or _signs(self._nlp(earlier))
        self._remembered[key] = found  # the latest stand last
        if len(self._remembered) > REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        return found


def _some(parts: Sequence[str]) -> list[str]:
    """Return the parts of a burst: talk about other things must not drown what one of them says."""
    said = [part for part in parts if part.strip()]
    if len(said) <= 1:
        return []
    return said if len(said) <= PARTS else [*said[: PARTS // 2], *said[-(PARTS // 2) :]]


def _signs(doc: Doc) -> Signs:
    reading: Reading = doc._.get(READING)
    return Signs(
        reading=reading,
        red_flags=frozenset(span.label_ for span in doc.spans[RED_FLAGS]),
        benign=frozenset(span.label_ for span in doc.spans[BENIGN]),
        urgent=frozenset(span.label_ for span in doc.spans[URGENT]),
    )


def _understanding(judgement: Judgement, entities: tuple[Entity, ...], evidence: tuple[Evidence, ...]) -> Understanding:
    return Understanding(
        intent=judgement.intent,
        confidence=judgement.confidence,
        topic=judgement.topic,
        probability=judgement.probability,
        decision=judgement.decision,
        harms=judgement.harms,
        urgency=judgement.urgency,
        subject=judgement.subject,
        entities=entities,
        evidence=evidence if judgement.decision != "none" else (),
    )
