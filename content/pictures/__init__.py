"""Our own drawings: a cover and a badge for each topic, Nhím in its moods, the card for finishing a topic."""

from content.pictures.library import Picture, certificate, picture

__all__ = ["Picture", "certificate", "picture"]
