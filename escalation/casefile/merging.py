"""What becomes of two edits of one form: a three-way merge, field by field. Pure; nothing that was typed is lost."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The values that hold now, and my values that need a choice because somebody else changed the same field."""

    values: dict[str, str]
    contested: dict[str, str]


def merge(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> Merged:
    """Bring together `theirs` and `mine`, both made from `base`; a missing field is an empty one.

    Changed by one side only, a field takes that side's value. Changed by both to the same, it takes that. Changed by
    both to something else, theirs stays, because it was saved first, and mine waits beside it.
    """
    values, contested = dict(theirs), {}
    for cell, own in mine.items():
        before, other = base.get(cell, ""), theirs.get(cell, "")
        if own in (before, other):
            continue
        if other == before:
            values[cell] = own
        else:
            contested[cell] = own
    return Merged(values=values, contested=contested)
