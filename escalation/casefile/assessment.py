"""The count behind Mẫu số 02: it counts and suggests, the officer concludes and signs. Pure.

How totals decide was not found in an official text: the rule here is our proposal (docs/casefile.md), on the side of
caution. What is unknown counts as High in A (harm) and as Low in B (protection), and is shown as unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from escalation.casefile.forms import Form

Conclusion = Literal["urgent", "go_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many lines of one part were found high, medium, low, or are not known yet."""

    high: int
    medium: int
    low: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The counts of both parts; for Mẫu số 02 what they suggest, and whether the conclusion stays below that."""

    harm: Count
    protection: Count
    suggested: Conclusion | None
    is_lower: bool


def assess(form: Form, values: Mapping[str, str]) -> Assessment | None:
    """Count a form's lines; None for a form without lines."""
    if not form.lines("A"):
        return None
    harm, protection = _count(form, "A", values), _count(form, "B", values)
    suggested = _suggested(form, harm, protection, values) if form.number == "02" else None
    concluded = _value(form, "conclusion", values)
    return Assessment(
        harm=harm,
        protection=protection,
        suggested=suggested,
        is_lower=suggested == "urgent" and concluded == "go_on",
    )


def lacks_reason(form: Form, values: Mapping[str, str]) -> bool:
    """Tell whether the conclusion stays below the count and nobody has written why."""
    found = assess(form, values)
    return found is not None and found.is_lower and not _value(form, "reason", values).strip()


def _suggested(form: Form, harm: Count, protection: Count, values: Mapping[str, str]) -> Conclusion:
    in_danger = _value(form, "threat", values) == "yes"  # Decree 56/2017/NĐ-CP art. 26.3
    return "urgent" if in_danger or harm.high + harm.unknown >= protection.high else "go_on"


def _count(form: Form, part: str, values: Mapping[str, str]) -> Count:
    found = [values.get(line.id, "") for line in form.lines(part)]
    high, medium, low = (found.count(level) for level in ("high", "medium", "low"))
    return Count(high=high, medium=medium, low=low, unknown=len(found) - high - medium - low)


def _value(form: Form, role: str, values: Mapping[str, str]) -> str:
    field = form.with_role(role)
    return values.get(field.id, "") if field is not None else ""
