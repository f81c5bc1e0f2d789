"""Every picture by its id: `cover.scam`, `badge.scam`, `mascot.hello`."""

from collections.abc import Callable, Mapping
from functools import partial

from content.pictures.badges import badge
from content.pictures.covers import cover
from content.pictures.mascot import MOODS, mascot
from content.pictures.motifs import MOTIFS

TOPICS = tuple(MOTIFS)
"""The topics that are drawn."""
DRAWINGS: Mapping[str, Callable[[], str]] = (
    {f"cover.{topic}": partial(cover, topic) for topic in TOPICS}
    | {f"badge.{topic}": partial(badge, topic) for topic in TOPICS}
    | {f"mascot.{mood}": partial(mascot, mood) for mood in MOODS}
)
"""How each picture is drawn, as a whole SVG document."""
