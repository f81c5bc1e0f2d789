"""The colours of every picture: few, warm, and the same as those of the children's page where they meet."""

from dataclasses import dataclass

INK = "#2b2320"
PAPER = "#fffdf8"
CREAM = "#fbe9d3"
BARK = "#7b5640"
FUR = "#96704f"
TAN = "#c99873"
SAND = "#e6c09c"
BLUSH = "#f5b39b"
TEAL = "#0f7d70"
MINT = "#7cc5b1"
SUN = "#f2b63c"
CORAL = "#e0705d"
SKY = "#6fb3d6"
LEAF = "#7fae55"
LILAC = "#9a84c4"
SLATE = "#4a5a63"
STONE = "#b9c0bd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """The light of a topic: `tint` fills its cover, `ground` the hill on it, `tone` its badge."""

    tint: str
    ground: str
    tone: str


GOLDEN = Mood(tint="#fdedc4", ground="#f6d98d", tone="#e3a02f")
BLUE = Mood(tint="#d9ecf5", ground="#aed5e8", tone="#4a90bb")
GREEN = Mood(tint="#d9f0e7", ground="#a8dac8", tone="#3a9580")
ROSY = Mood(tint="#fce2da", ground="#f6bfae", tone="#d96c59")
VIOLET = Mood(tint="#e9e2f4", ground="#cdbfe4", tone="#8770b6")
GRASSY = Mood(tint="#e7f1d3", ground="#c3dc9b", tone="#74a047")
