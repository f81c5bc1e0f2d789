"""What a page says of a field that cannot be used."""

from escalation.desk import wording
from escalation.filters import BadFilter


def bad_filter_words(error: BadFilter) -> str:
    """Return which field is wrong and how to mend it."""
    return str(wording.words()["records"]["bad"][error.field])
