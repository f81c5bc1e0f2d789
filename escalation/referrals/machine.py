"""How far a referral has come, and how far its question to the child has: two frozen tables. Pure."""

from typing import Literal, get_args

from escalation.referrals.errors import NotNow

State = Literal["draft", "sent", "accepted", "refused", "returned", "done", "stopped"]
Event = Literal["send", "accept", "refuse", "return", "finish", "drop", "withdraw"]
Asking = Literal["unasked", "asked", "granted", "refused", "lapsed", "withdrawn"]
AskingEvent = Literal["ask", "grant", "refuse", "lapse", "withdraw"]
Answer = Literal["accept", "finish", "refuse", "return"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

# The whole life of a referral; what is not in the table cannot happen. `send` also has to pass the gate.
TRANSITIONS: dict[tuple[State, Event], State] = {
    ("draft", "send"): "sent",
    ("draft", "drop"): "stopped",
    ("draft", "withdraw"): "stopped",
    ("sent", "accept"): "accepted",
    ("sent", "refuse"): "refused",
    ("sent", "return"): "returned",
    ("accepted", "finish"): "done",
    ("accepted", "return"): "returned",
    ("returned", "send"): "sent",
    ("returned", "drop"): "stopped",
    ("returned", "withdraw"): "stopped",
}
# The question to the child about this one receiver; what is not in the table changes nothing.
ASKING: dict[tuple[Asking, AskingEvent], Asking] = {
    ("unasked", "ask"): "asked",
    ("lapsed", "ask"): "asked",
    ("asked", "grant"): "granted",
    ("asked", "refuse"): "refused",
    ("asked", "lapse"): "lapsed",
    ("asked", "withdraw"): "withdrawn",
    ("granted", "withdraw"): "withdrawn",
}
OPEN: tuple[State, ...] = ("draft", "sent", "accepted", "returned")
UNSENT: tuple[State, ...] = ("draft", "returned")
OUTSIDE: tuple[State, ...] = ("sent", "accepted")  # the receiver has it


def next_state(state: State, event: Event) -> State:
    """Return the state after `event`; raises NotNow when the table has no such step."""
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise NotNow from error


def answers_to(state: State) -> tuple[Answer, ...]:
    """Return what a receiver may be noted to have answered now."""
    return tuple(answer for answer in ANSWERS if (state, answer) in TRANSITIONS)


def diagram() -> str:
    """Return the life of a referral as a Mermaid state diagram, drawn from the table."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {state} --> {after}: {event}" for (state, event), after in TRANSITIONS.items()]
    return "\n".join(lines)
