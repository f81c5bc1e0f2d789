"""Finds the cards that answer a question typed in a person's own words.

Three signs are added: BM25 over what a card says (Robertson and Zaragoza, 2009), the likeness (cosine of weighted
terms) to the nearest of the questions that an author wrote for the card, and how well the best cards of its topic fit.
Nothing of a question is kept, logged or counted here. docs/search.md tells how well it works.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p, sqrt
from typing import Literal

from content.terms import Kind, Term, Vocabulary

WEIGHT: Mapping[Kind, float] = {"word": 1.0, "pair": 0.5, "accented": 1.0, "letters": 0.25}
SURE = 0.28
"""A best score below it says that no card is about the question; set on the dev half of the questions."""

_LONGEST = 80  # words of a question that are read: a story is not what search is for
_SATURATION, _LENGTH = 1.2, 0.75  # BM25's k1 and b, at their usual values
_OF_TOPIC = 0.3  # how much the topic's best cards count for each of its cards
_BEST_OF_TOPIC = 3
_MOST = 2 * (1 + _OF_TOPIC)  # a score's upper end, so that scores lie between 0 and 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One card of a lesson or of advice, and what is known of it besides its words."""

    kind: Literal["learn", "advice"]
    topic: str
    step: int
    """Its place in the lesson or advice, from 0."""
    owner: str
    """The id of the lesson or advice."""
    title: str
    """The title of the lesson or advice."""
    heading: str
    text: str
    topic_title: str
    asked: tuple[str, ...]
    """Questions that it answers, in people's words."""

    @property
    def id(self) -> str:
        """Name the card for a person who looks for it: its lesson or advice, and its heading."""
        return f"{self.owner}/{self.heading}"

    @property
    def choice(self) -> str:
        """Name the choice that opens the lesson or advice."""
        return f"{self.kind}.{self.topic}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A card that may answer; `score` lies between 0 and 1 and is comparable within one index only."""

    page: Page
    score: float

    @property
    def sure(self) -> bool:
        """Tell whether it is worth showing."""
        return self.score >= SURE


_Postings = Mapping[Term, tuple[tuple[int, float], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """All cards for one kind of reader in one language, ready to be searched."""

    pages: tuple[Page, ...]
    _vocabulary: Vocabulary
    _rarity: Mapping[Term, float]  # of the cards' terms
    _says: _Postings  # term -> (card, its share of BM25)
    _asked_rarity: Mapping[Term, float]
    _asked: _Postings  # term -> (question, squared weight)
    _asked_of: tuple[tuple[int, float], ...]  # question -> (its card, its norm)

    @classmethod
    def of(cls, pages: Sequence[Page], vocabulary: Vocabulary) -> "Index":
        """Build the index."""
        says = [
            Counter(term for part in _parts(page) for term in vocabulary.terms(part, letters=False)) for page in pages
        ]
        rarity = _rarity(says)
        asked = [
            (number, frozenset(vocabulary.terms(question, letters=True)))
            for number, page in enumerate(pages)
            for question in page.asked
        ]
        asked_rarity = _rarity([terms for _, terms in asked])
        return cls(
            pages=tuple(pages),
            _vocabulary=vocabulary,
            _rarity=rarity,
            _says=_bm25(says, rarity),
            _asked_rarity=asked_rarity,
            _asked=_turned((number, _squares(terms, asked_rarity)) for number, (_, terms) in enumerate(asked)),
            _asked_of=tuple((number, sqrt(sum(_squares(terms, asked_rarity).values()))) for number, terms in asked),
        )

    def find(self, question: str, limit: int = 5) -> tuple[Hit, ...]:
        """Give the cards that fit best, best first; none where no word of the question is known."""
        heard = " ".join(question.split()[:_LONGEST])
        terms = frozenset(self._vocabulary.terms(heard, letters=True))
        says, likeness = self._by_words(terms), self._by_questions(terms)
        scores = {card: says.get(card, 0.0) + likeness.get(card, 0.0) for card in says.keys() | likeness.keys()}
        topics = _topic_scores(self.pages, scores)
        hits = [
            Hit(page=self.pages[card], score=(score + _OF_TOPIC * topics[self.pages[card].topic]) / _MOST)
            for card, score in scores.items()
        ]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.page.id))[:limit])

    def _by_words(self, terms: frozenset[Term]) -> dict[int, float]:
        """Score cards by BM25, as a share of what a card that says all of the question would have."""
        unknown = log1p(len(self.pages))
        whole = sum(
            WEIGHT[term.kind] * self._rarity.get(term, unknown if term.kind in {"word", "accented"} else 0.0)
            for term in terms
        )
        scores: dict[int, float] = defaultdict(float)
        for term in terms:
            for card, share in self._says.get(term, ()):
                scores[card] += share / whole
        return scores

    def _by_questions(self, terms: frozenset[Term]) -> dict[int, float]:
        """Score cards by the cosine of the question and the nearest of theirs."""
        unknown = log1p(len(self._asked_of))
        norm = sqrt(sum((WEIGHT[term.kind] * self._asked_rarity.get(term, unknown)) ** 2 for term in terms))
        shared: dict[int, float] = defaultdict(float)
        for term in terms:
            for number, square in self._asked.get(term, ()):
                shared[number] += square
        scores: dict[int, float] = defaultdict(float)
        for number, square in shared.items():
            card, own_norm = self._asked_of[number]
            scores[card] = max(scores[card], square / (norm * own_norm))
        return scores


def _parts(page: Page) -> tuple[str, ...]:
    """Give all that a card says, in parts, so that no word is paired with one of another part."""
    return page.title, page.topic_title, page.heading, page.text, *page.asked


def _rarity(documents: Sequence[Iterable[Term]]) -> dict[Term, float]:
    """Weigh each term by how few documents have it (BM25's inverse document frequency, never negative)."""
    having = Counter(term for document in documents for term in frozenset(document))
    whole = len(documents)
    return {term: log(1 + (whole - count + 0.5) / (count + 0.5)) for term, count in having.items()}


def _bm25(documents: Sequence[Counter[Term]], rarity: Mapping[Term, float]) -> _Postings:
    """Give each term's share of a document's BM25; a term said without end has its whole weight."""
    lengths = [sum(count for term, count in document.items() if term.kind == "word") for document in documents]
    mean = sum(lengths) / len(lengths) if lengths else 1.0
    return _turned(
        (
            number,
            {
                term: WEIGHT[term.kind] * rarity[term] * count / (count + damping)
                for term, count in document.items()
                for damping in (_SATURATION * (1 - _LENGTH + _LENGTH * length / mean),)
            },
        )
        for number, (document, length) in enumerate(zip(documents, lengths, strict=True))
    )


def _squares(terms: frozenset[Term], rarity: Mapping[Term, float]) -> dict[Term, float]:
    return {term: (WEIGHT[term.kind] * rarity[term]) ** 2 for term in terms}


def _turned(documents: Iterable[tuple[int, Mapping[Term, float]]]) -> _Postings:
    """Turn documents of terms into terms of documents."""
    turned: dict[Term, list[tuple[int, float]]] = defaultdict(list)
    for number, weights in documents:
        for term, weight in weights.items():
            turned[term].append((number, weight))
    return {term: tuple(documents) for term, documents in turned.items()}


def _topic_scores(pages: Sequence[Page], scores: Mapping[int, float]) -> dict[str, float]:
    by_topic: dict[str, list[float]] = defaultdict(list)
    for card, score in scores.items():
        by_topic[pages[card].topic].append(score)
    return {
        topic: sum(sorted(values, reverse=True)[:_BEST_OF_TOPIC]) / _BEST_OF_TOPIC for topic, values in by_topic.items()
    }
