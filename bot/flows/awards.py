"""Badges and certificates: words, and the name of the picture beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.cards import day_of
from bot.effects import Say
from bot.moment import Moment
from bot.state import State
from content.pictures import certificate_id


def behind(moment: Moment, before: State, after: State, said: Say, ways: Sequence[str]) -> tuple[Say, ...]:
    """Say what was said, then what was newly earned between two states; the ways on stand under the last of them."""
    *first, last = (said, *earned(moment, before, after))
    return (*first, replace(last, choices=moment.offer(after, ways)))


def earned(moment: Moment, before: State, after: State) -> Iterator[Say]:
    """Yield the words for each badge and certificate that `after` has and `before` had not."""
    old, new = before.learning, after.learning
    for kind, had, has in (("badge", old.badges, new.badges), ("certificate", old.certificates, new.certificates)):
        for topic in has:
            if topic not in had:
                title = moment.content.topic_title(topic, after.audience, after.language)
                today = day_of(moment.now)
                picture = certificate_id(topic, today) if kind == "certificate" else f"{kind}.{topic}"
                yield moment.say(after, f"{kind}.earned", topic=title, picture=picture)
