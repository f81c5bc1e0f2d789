"""What is said to a picture, a voice, a file: that it was not opened; or that the messenger showed us nothing."""

from collections.abc import Iterable

from bot.effects import Say
from bot.events import Attached
from bot.moment import Moment
from bot.state import State


def refusal(moment: Moment, state: State, choices: Iterable[str] = (), *, protect: bool = False) -> Say:
    """Say why what came was not read, in the words of the person `state` describes.

    What a messenger keeps from bots may be a child's own words, so who sent it learns where it can be heard.
    """
    if not (isinstance(moment.event, Attached) and moment.event.kind == "unreadable"):
        return moment.say(state, "attachment.refused", choices, protect=protect)
    brand = moment.channel.brand
    if moment.page is None:
        return moment.say(state, "attachment.unreadable", choices, protect=protect, brand=brand)
    return moment.say(state, "attachment.unreadable_page", choices, protect=protect, brand=brand, page=moment.page)
