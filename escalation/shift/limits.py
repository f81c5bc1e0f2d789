"""How much one person may carry at once, and who is next for somebody who carries a lot. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from escalation.queue import QueueEntry

# Harms that stay with whoever hears of them. With the urgency `emergency` or `high` such a contact counts as grave.
GRAVE_HARMS = frozenset(
    {
        "sexual_abuse",  # xâm hại tình dục
        "sexual_extortion",  # tống tiền bằng hình ảnh riêng tư
        "exploitation",  # bóc lột
        "self_harm",  # tự làm đau, ý nghĩ muốn chết
        "physical_abuse",  # bạo lực thể chất
        "domestic_violence",  # bạo lực gia đình
    }
)
GRAVE_URGENCIES = frozenset({"emergency", "high"})
MOST_CHILDREN = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for everybody who has no limit of their own."""

    children_at_once: int = 2
    grave_in_row: int = 3
    rest: timedelta = timedelta(minutes=10)


def is_grave(urgency: str, harms: Collection[str]) -> bool:
    """Tell whether a contact counts towards the limit of grave ones in a row."""
    return urgency in GRAVE_URGENCIES and not GRAVE_HARMS.isdisjoint(harms)


def eased(order: Iterable[QueueEntry], *, others_free: bool) -> tuple[QueueEntry, ...]:
    """Return the queue for somebody who had many grave contacts in a row: the lighter children first.

    An emergency that nobody else is free for stays where it is: no child in danger waits for a rest.
    """
    entries = tuple(order)
    alone = tuple(entry for entry in entries if entry.urgency == "emergency" and not others_free)
    rest = tuple(entry for entry in entries if entry not in alone)
    lighter = tuple(entry for entry in rest if not is_grave(entry.urgency, entry.harms))
    return (*alone, *lighter, *(entry for entry in rest if entry not in lighter))
