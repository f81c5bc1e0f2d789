"""The words around a packet, in the language of the request: labels, and what the database's words are called."""

from typing import Literal, cast

from escalation.desk import wording
from escalation.referrals.packet import Frame


def frame() -> Frame:
    """Return the frame of a packet."""
    words = wording.words()
    own = words["referrals"]["packet"]
    return Frame(
        language=cast("Literal['vi', 'en']", wording.LANGUAGE.get()),
        title=own["title"],
        organisation=own["organisation"],
        footer=own["footer"],
        labels=own["labels"],
        named={
            "urgency": words["urgency"],
            "harms": words["harms"],
            "band": words["band"],
            "basis": {"consent": own["by_consent"], **words["referrals"]["grounds"]},
        },
    )
