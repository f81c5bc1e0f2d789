"""After a "no": what was told is erased when its context has ended, whatever was told since."""

from dataclasses import replace

from bot.effects import Effect, ForgetMessages, SetTimer
from bot.moment import Moment, Turn
from bot.state import Matter, State


def forget(moment: Moment) -> Turn:
    """Erase refused disclosures whose context has ended; what was told afterwards stays."""
    state = moment.state
    due = tuple(span for span in state.refused if span.due_at <= moment.now)
    left = tuple(span for span in state.refused if span.due_at > moment.now)
    effects: list[Effect] = [ForgetMessages(from_seq=span.from_seq, to_seq=span.to_seq) for span in due]
    if left:
        effects.append(SetTimer(name="context", after=min(span.due_at for span in left) - moment.now))
    last = max((span.to_seq for span in due), default=0)
    after = replace(state, refused=left, heard=tuple(heard for heard in state.heard if heard.seq > last))
    return Turn(state=replace(after, matter=_without_refused(after.matter, last)), effects=tuple(effects))


def at_once(state: State) -> tuple[Effect, ...]:
    """Erase now what would go when its context has ended; what belongs to a case stays."""
    return tuple(ForgetMessages(from_seq=span.from_seq, to_seq=span.to_seq) for span in state.refused)


def _without_refused(matter: Matter | None, last: int) -> Matter | None:
    """Return what is left of a matter when everything up to number `last` was erased."""
    if matter is None or matter.from_seq > last:
        return matter
    if matter.stage in {"refused", "lapsed"}:
        return None
    return matter if matter.stage == "shared" else replace(matter, from_seq=last + 1)
