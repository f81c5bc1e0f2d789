"""What the listener makes of one message, in words for a terminal."""

from collections.abc import Sequence

from nlu.listener import Listener
from nlu.understanding import Understanding


def explained(listener: Listener, text: str, context: Sequence[str] = (), role: str | None = None) -> str:
    """The decision, what led to it, and everything else that was understood."""
    got = listener.understand(text, context, role=role)
    found = listener.grounds(text)
    thresholds = listener.thresholds
    rows = [
        _marked(text, got),
        "",
        f"decision   {got.decision}, probability {got.probability:.3f}",
        f"thresholds asks from {thresholds.borderline:.3f}, acts from {thresholds.disclosure:.3f}",
        f"read by    {'linear model and encoder' if found.encoder_asked else 'linear model alone'}",
        f"rules      {', '.join(found.rules) or 'none fired'}",
        f"harms      {', '.join(got.harms) or 'none'}; urgency {got.urgency}; subject {got.subject}",
        f"intent     {got.intent} ({got.confidence:.2f}); topic {got.topic}",
    ]
    rows += [f"evidence   {each.weight:.2f}  {each.text}" for each in got.evidence]
    rows += [f"entity     {each.label}{f' = {each.value}' if each.value else ''}  {each.text}" for each in got.entities]
    if context:
        rows.append(f"context    {len(context)} earlier messages were read with it")
    return "\n".join(rows)


def _marked(text: str, got: Understanding) -> str:
    parts: list[str] = []
    at = 0
    for span in got.evidence:
        if span.start >= at:
            parts += [text[at : span.start], "«", text[span.start : span.end], "»"]
            at = span.end
    return "".join(parts) + text[at:]
