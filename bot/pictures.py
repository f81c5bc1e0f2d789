"""When a picture may stand beside words: never where someone told, or may have told, that a child is harmed."""

from dataclasses import replace

from bot.effects import Say
from bot.moment import Moment, Turn


def fitting(moment: Moment, result: Turn) -> Turn:
    """Return the turn without the pictures that do not fit its words or what was told, before it or in it."""
    told = _is_told(moment) or _is_told(replace(moment, state=result.state))
    effects = tuple(
        replace(effect, picture=None) if isinstance(effect, Say) and (told or effect.protect) else effect
        for effect in result.effects
    )
    return replace(result, effects=effects)


def _is_told(moment: Moment) -> bool:
    """Tell whether a disclosure, a hint of one or a case is in the air for the person at the phone.

    What only sounds like a hint and was taken for none ("mình 12 tuổi", as an answer) has left no trace in the state.
    """
    state, reading = moment.state, moment.reading
    heard = reading is not None and "disclosure" in {reading.alone.decision, reading.together.decision}
    hinted = state.hint is not None or bool(state.asked_about) or any(item.hint for item in state.heard)
    return heard or hinted or moment.open_matter is not None or state.contact is not None
