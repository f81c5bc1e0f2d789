"""Our own drawings: a cover and a badge for each topic, Nhím in its moods, the card for finishing a topic."""

from content.pictures.library import (
    Picture,
    alternative,
    certificate,
    certificate_day,
    certificate_id,
    picture,
    version,
)

__all__ = ["Picture", "alternative", "certificate", "certificate_day", "certificate_id", "picture", "version"]
