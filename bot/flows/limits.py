"""What a messenger does not let us do, told before it matters: how long we may write back, what nobody can delete."""

from datetime import datetime, timedelta

from bot.effects import Say
from bot.moment import Moment
from bot.state import State

_SPARE = timedelta(hours=1)  # a message may leave late


def reply_window(moment: Moment, state: State, *, push: bool = False) -> tuple[Say, ...]:
    """Say for how long a counsellor may write back after the person's last word, where the messenger sets a term."""
    within = moment.channel.staff_reply_within
    if within is None:
        return ()
    place = moment.channel.brand
    return (moment.say(state, "limit.reply", protect=True, push=push, place=place, days=within.days),)


def screen(moment: Moment, state: State) -> tuple[Say, ...]:
    """Say, where a messenger can delete nothing, that quick exit cannot clear the screen."""
    if moment.channel.deletes_within is not None:
        return ()
    return (moment.say(state, "limit.screen", place=moment.channel.brand),)


def screen_where_untold(moment: Moment, state: State) -> tuple[Say, ...]:
    """Say the same to whoever told of harm before onboarding came to it, ahead of what a counsellor will write."""
    was_told = state.role == "parent" or state.band is not None
    return () if was_told else screen(moment, state)


def may_push_until(moment: Moment) -> datetime | None:
    """Return until when the bot may write to somebody who has written just now; None where there is no term."""
    within = moment.channel.reply_within
    return None if within is None else moment.now + within - _SPARE
