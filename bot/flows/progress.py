"""How far somebody has come, in few words: lessons, badges, and what comes next."""

from dataclasses import replace

from bot.flows import topic_list
from bot.moment import Moment, Turn
from bot.state import State


def show(moment: Moment, state: State) -> Turn:
    """Say what was done; whoever asks for it sees the marks again that a quick exit hid."""
    known = replace(state.learning, hidden=False)
    state = state.having_learned(known)
    child = state.person == "child"
    ways = ("path", "daily", "menu", "exit") if child else ("path", "advice", "menu", "exit")
    if not known.topics and not known.badges:
        return moment.answer(state, "progress.none", ways)
    following = topic_list.next_topic(moment, state)
    lines = [moment.say(state, "progress.show", ways, done=len(known.topics), total=len(moment.content.topics))]
    if known.badges:
        newest = _title(moment, state, known.badges[-1])
        earned = moment.say(
            state, "progress.badges", badges=len(known.badges), certificates=len(known.certificates), newest=newest
        )
        lines.append(earned)
    if following is None:
        lines.append(moment.say(state, "progress.all"))
    else:
        lines.append(moment.say(state, "progress.next", topic=_title(moment, state, following)))
    picture = f"badge.{known.badges[-1]}" if known.badges else None
    said = replace(lines[0], text="\n".join(line.text for line in lines), picture=picture)
    return Turn(state=state, effects=(said,))


def _title(moment: Moment, state: State, topic: str) -> str:
    return moment.content.topic_title(topic, state.audience, state.language)
