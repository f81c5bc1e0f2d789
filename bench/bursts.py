"""Counts what is heard in bursts of three lines: `python -m bench.bursts`; the dev lines, the same draw every time.

A child sends three messages while the bot is busy or the line is down, and one of them tells of harm. Each is read
alone here, then between two lines of other talk; innocent bursts say what that costs.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence

from nlu.corpus import load_corpus
from nlu.listener import Listener

DRAWN = 250


def decisions(listener: Listener, texts: Sequence[str]) -> dict[str, int]:
    """How often each decision is made on the texts by themselves."""
    return dict(Counter(listener.readings(text, parts=text.splitlines())[0].decision for text in texts))


def counts() -> dict[str, dict[str, int]]:
    """Count the decisions on disclosures alone and in bursts, and on innocent lines alone and in bursts."""
    drawn = random.Random(5)  # the same draw every time, no secret
    lines = [line for line in load_corpus("dev") if not line.context]
    told = [line.text.replace("\n", " ") for line in lines if line.disclosure == "disclosure"]
    other = [line.text.replace("\n", " ") for line in lines if line.disclosure == "none"]
    harmed = drawn.sample(told, DRAWN)
    between = ["\n".join((drawn.choice(other), line, drawn.choice(other))) for line in harmed]
    innocent = ["\n".join(drawn.sample(other, 3)) for _ in range(DRAWN)]
    listener = Listener.load()
    return {
        "told of harm, alone": decisions(listener, harmed),
        "told of harm, between two other lines": decisions(listener, between),
        "innocent, alone": decisions(listener, drawn.sample(other, DRAWN)),
        "innocent, three lines": decisions(listener, innocent),
    }


if __name__ == "__main__":
    print(json.dumps(counts(), indent=1))
