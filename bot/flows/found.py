"""Answering a typed question with the one card that is about it."""

from dataclasses import replace

from bot.moment import Moment, Turn
from bot.state import Flow, FlowKind, State
from content.render import to_plain
from content.search import Hit

_OTHERS = 2
_ASKING = frozenset({"ask_advice", "learn", "out_of_scope"})


def answer(moment: Moment, intent: str) -> Turn | None:
    """Show the card that surely answers, with the ways to its lesson and to two more; else say nothing.

    Only to someone who is known and of whom nothing was heard that may be a disclosure, now or in this half hour.
    """
    reading, state = moment.reading, moment.state
    if moment.choice is not None or reading is None or not state.onboarded or intent not in _ASKING:
        return None
    if reading.alone.decision != "none" or reading.together.decision != "none":
        return None
    hits = moment.content.search(moment.text, state.audience, state.language)
    if not hits or not hits[0].sure:
        return None
    page = hits[0].page
    card = to_plain(page.text)
    return moment.answer(_opened(state, hits[0]), "search.found", _ways(hits), title=page.title, card=card)


def _opened(state: State, hit: Hit) -> State:
    """Let "next" go on behind the card; a quiz question that is open stays open."""
    if state.flow.kind == "quiz":
        return state
    kind: FlowKind = "lesson" if hit.page.kind == "learn" else "advice"
    return replace(state, flow=Flow(kind=kind, topic=hit.page.topic, step=hit.page.step))


def _ways(hits: tuple[Hit, ...]) -> tuple[str, ...]:
    first, *others = dict.fromkeys(hit.page.choice for hit in hits if hit.sure)
    return (first, *others[:_OTHERS], "menu", "exit")
