"""Free text outside every flow: led to a topic, to a person, or answered in a written sentence."""

from dataclasses import replace

from bot.events import Said
from bot.flows import disclosure, followup, found, learn, menu, onboarding, privacy, referral, topics
from bot.moment import Moment, Turn
from bot.state import Question, State

# Intents that mean the same as a choice.
_AS_CHOICE = {
    "menu": "menu",
    "change_profile": "profile",
    "delete_data": "delete",
    "stop": "stop",
    "report_content": "report",
    "give_opinion": "voice",
    "talk_to_human": "talk.now",
}
_SENTENCES = {"greet": "talk.greet", "thank": "talk.thank", "goodbye": "talk.goodbye", "chitchat": "talk.chitchat"}
_SURE = 0.35


def reply(moment: Moment) -> Turn | None:
    """Answer what was typed by its intent."""
    if not isinstance(moment.event, Said) or moment.reading is None:
        return None
    state = replace(moment.state, question=_kept(moment.state), heard=moment.remembered(hint=_hints(moment)))
    if moment.event.edited:
        return Turn(state=state)
    if not moment.text.strip():
        return moment.answer(state, "talk.empty", menu.ways_of(state))
    intent = _intent(moment)
    shown = found.answer(replace(moment, state=state), intent)
    if shown is not None:
        return shown
    topic = topics.wanted(moment)
    if topic:
        return Turn(state=state, effects=(topics.lead(moment, state, topic),))
    return _by_intent(replace(moment, state=state), intent)


def _kept(state: State) -> Question | None:
    """Keep an optional consent question open while the child talks of something else; drop the rest."""
    question = state.question
    return question if question is not None and question.kind in {"consent", "item"} else None


def _hints(moment: Moment) -> bool:
    return moment.reading is not None and moment.reading.alone.decision != "none"


def _intent(moment: Moment) -> str:
    alone = moment.reading.alone if moment.reading is not None else None
    return alone.intent if alone is not None and alone.confidence >= _SURE else "out_of_scope"


def _by_intent(moment: Moment, intent: str) -> Turn:
    alone = moment.reading.alone if moment.reading is not None else None
    state = moment.state
    if intent in _AS_CHOICE:
        return _as_choice(moment, _AS_CHOICE[intent])
    if intent in {"learn", "quiz", "ask_advice"}:
        if alone is not None and alone.topic != "none":
            return moment.answer(state, "topic.later", _ways_to_learn(state))
        return _as_choice(moment, "quiz" if intent == "quiz" else "learn")
    return moment.answer(state, _SENTENCES.get(intent, "talk.unclear"), menu.ways_of(state))


def _ways_to_learn(state: State) -> tuple[str, ...]:
    return ("advice" if state.role == "parent" else "learn", "talk.now", "menu", "exit")


def _as_choice(moment: Moment, choice: str) -> Turn:
    chosen = replace(moment, choice=choice)
    rules = (
        followup.answer,
        referral.answer,
        disclosure.hear,
        privacy.answer,
        onboarding.proceed,
        learn.proceed,
        menu.choose,
    )
    for rule in rules:
        result = rule(chosen)
        if result is not None:
            return result
    return Turn(state=moment.state)
