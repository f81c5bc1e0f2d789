"""Bodies that nobody should send: any JSON at all, and good ones in which something is not as it should be."""

import copy
from typing import Any

from hypothesis import strategies as st

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8)
ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def bent(draw: st.DrawFn, bodies: st.SearchStrategy[Any], values: st.SearchStrategy[Any] = ANYTHING) -> Any:
    """Draw a body in which one or two places hold anything at all, or one of `values`."""
    body: Any = copy.deepcopy(draw(bodies))
    for _ in range(draw(st.integers(min_value=1, max_value=2))):
        place: Any = body
        while True:
            key = draw(st.sampled_from(range(len(place)) if isinstance(place, list) else sorted(place)))
            if not isinstance(place[key], dict | list) or not place[key] or draw(st.integers(0, 3)) == 0:
                break
            place = place[key]
        place[key] = copy.deepcopy(draw(values))  # a value may be drawn twice, and bent the second time
    return body
