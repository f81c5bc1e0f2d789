"""The list of topics, a few at a time, with a mark on what was done."""

from dataclasses import replace

from bot import learning
from bot.effects import Choice
from bot.moment import Moment, Turn
from bot.state import Flow, State

TOPICS_AT_ONCE = 5  # more buttons than that is a wall, and Zalo shows no more
_DONE = "✓"


def show(moment: Moment, state: State, verb: str, start: int = 0) -> Turn:
    """Offer topics from place `start` on; "more" goes on behind the last of them, round to the first.

    The first page of lessons begins with the next topic of the path.
    """
    topics = moment.content.topics
    shown = topics[start : start + TOPICS_AT_ONCE]
    listed = replace(state, flow=Flow(kind="list", topic=verb, step=start))
    following = next_topic(moment, state) if verb == "learn" and start == 0 else None
    first = moment.offer(listed, ("path",) if following else ())
    more = ("more",) if len(shown) < len(topics) else ()
    choices = (*first, *_marked(moment, listed, verb, shown), *moment.offer(listed, (*more, "menu", "exit")))
    said = moment.say(listed, f"{verb}.choose")
    if following is not None:
        title = moment.content.topic_title(following, state.audience, state.language)
        said = moment.say(listed, "learn.path", topic=title)
    return Turn(state=listed, effects=(replace(said, choices=choices),))


def more(moment: Moment, state: State, verb: str) -> Turn:
    """Show the next few; with no list open, the first few of `verb`."""
    if state.flow.kind != "list":
        return show(moment, state, verb)
    after = state.flow.step + TOPICS_AT_ONCE
    return show(moment, state, state.flow.topic, after if after < len(moment.content.topics) else 0)


def typed(moment: Moment) -> str | None:
    """Read a bare number below an open list as the topic in that place."""
    flow, word = moment.state.flow, moment.text.strip()
    if flow.kind != "list" or not word.isdecimal() or not 1 <= int(word) <= TOPICS_AT_ONCE:
        return None
    place = flow.step + int(word) - 1
    return f"{flow.topic}.{moment.content.topics[place]}" if place < len(moment.content.topics) else None


def next_topic(moment: Moment, state: State) -> str | None:
    """Return the next topic for this person: of the path of its band, for parents in the order of the topics."""
    path = moment.content.topics if state.role == "parent" else moment.content.paths[state.band or "6-10"]
    return learning.next_topic(state.learning, path)


def _marked(moment: Moment, state: State, verb: str, topics: tuple[str, ...]) -> tuple[Choice, ...]:
    known = state.learning
    done = () if known.hidden else known.badges if verb == "quiz" else known.topics
    offered = zip(topics, moment.offer(state, [f"{verb}.{topic}" for topic in topics]), strict=True)
    return tuple(
        replace(choice, label=f"{_DONE} {choice.label}") if topic in done else choice for topic, choice in offered
    )
