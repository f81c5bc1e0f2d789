"""An entry of the trail in words: every key of its detail has a name, and every value of ours is said in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from escalation.audit.reading import Entry
from escalation.casefile.forms import our_forms
from escalation.desk import wording
from escalation.referrals.receivers import our_receivers

_PEOPLE = frozenset({"to", "giver", "staff", "owner", "actor"})
_IDS = frozenset({"case", "cases", "freed", "grant", "export", "referral", "task", "complaint", "id"})
_SHORT = 6


def facts(entry: Entry, names: Mapping[str, str], provinces: Mapping[str, str]) -> tuple[str, ...]:
    """Return what an entry says beside its action, each as "name: value"; `provinces` are named by their codes.

    What the stream says already, whose case or account it is, is left out.
    """
    known = _Known(entry, names, provinces)
    told = ((key, value) for key, value in entry.detail.items() if value != entry.subject)
    return tuple(f"{label(entry.action, key)}: {known.said(key, value)}" for key, value in told)


def label(action: str, key: str) -> str:
    """Return the name of a key of the detail, of this action or of all; the key itself where it has none."""
    labels = wording.words()["records"]["trail"]["detail"]
    return str(labels.get(f"{action}.{key}", labels.get(key, key)))


class _Known:
    """The words that the values of one entry can have."""

    def __init__(self, entry: Entry, names: Mapping[str, str], provinces: Mapping[str, str]) -> None:
        self._words = wording.words()
        self._trail = self._words["records"]["trail"]
        self._entry, self._names, self._provinces = entry, names, provinces

    def said(self, key: str, value: Any) -> str:
        if isinstance(value, bool):
            return str(self._trail["yes" if value else "no"])
        if isinstance(value, list):
            return ", ".join(self.said(key, one) for one in value)
        if not isinstance(value, str):
            return str(value)
        if key in _IDS:
            return value[:_SHORT].upper()
        if key in _PEOPLE:
            return self._names.get(value) or str(self._trail["others"].get(value, value))
        if key == "page":
            return " · ".join(self._form(part) for part in value.split("/"))
        if key in {"form", "what"}:
            return self._form(value, key)
        if key in {"until", "since", "due_at"}:
            return _moment(value)
        return str(self._of(key).get(value, value))

    def _form(self, value: str, key: str = "page") -> str:
        if value in our_forms().by_number:
            return str(self._trail["form"]).format(number=value)
        return str(self._trail["value"][key].get(value, value))

    def _of(self, key: str) -> Mapping[str, str]:
        """Return what the values of a key are called."""
        words, own = self._words, self._trail["value"].get(key, {})
        known: dict[str, Mapping[str, str]] = {
            "urgency": words["urgency"],
            "harm": words["harms"],
            "harms": words["harms"],
            "outcome": words["case"]["outcomes"],
            "ground": words["ground"] | words["referrals"]["grounds"],
            "purposes": words["purpose"],
            "basis": words["basis"],
            "how": words["referrals"]["ways"],
            "state": words["records"]["search"]["states"] | words["referrals"]["state"],
            "kind": words["tasks"]["kinds"],
            "role": words["role"],
            "actions": words["records"]["tokens"]["action"],
            "action": self._trail["action_of"],
            "reason": words["shift"]["pick_reasons"],
            "province": self._provinces,
            "field": self._cells(),
            "fields": self._cells(),
            "waiting": self._cells(),
            "receiver": {one.id: one.name[wording.LANGUAGE.get()] for one in our_receivers().values()},
        }
        return {**known.get(key, {}), **own}

    def _cells(self) -> Mapping[str, str]:
        """Return the labels of a form's fields, or of a packet's."""
        form = our_forms().by_number.get(str(self._entry.detail.get("form")))
        if form is None:
            labels: Mapping[str, str] = self._words["referrals"]["packet"]["labels"]
            return labels
        return {cell: one.label.of(wording.LANGUAGE.get()) for one in form.fields for cell in one.cells}


def _moment(value: str) -> str:
    """Return a time as staff read it; a day stays as it is."""
    return wording.local(datetime.fromisoformat(value)) if "T" in value else value
