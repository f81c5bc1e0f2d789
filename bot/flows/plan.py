"""The safety card: four small questions, each skippable, then the card in one message. No case has a part in it."""

from dataclasses import replace

from bot.cards import day_of
from bot.effects import Say
from bot.events import Said
from bot.flows import questions
from bot.moment import Moment, Turn
from bot.plan import OPTIONS, OWN_LENGTH, STEPS, Entry, Plan
from bot.state import Flow, State

_MAKING = ("item.skip", "exit")
_AFTER = ("plan.change", "plan.erase", "menu", "exit")
_SURE = 0.9


def proceed(moment: Moment) -> Turn | None:
    """Show, make, change or erase the card. No word of it is written into the transcript."""
    turn = _chosen(moment) or _answered(moment)
    return None if turn is None else replace(turn, private=True)


def _chosen(moment: Moment) -> Turn | None:
    state = replace(moment.state, question=None)
    if moment.choice not in {"plan", "plan.change", "plan.erase"}:
        return None
    if state.role == "parent":
        return moment.answer(state, "plan.parent", ("advice", "who", "talk.now", "menu", "exit"))
    if moment.choice == "plan.erase":
        return moment.answer(replace(state, plan=None, flow=Flow()), "plan.erased", ("menu", "exit"))
    if moment.choice == "plan" and state.plan is not None:
        return _card(moment, state, state.plan)
    if state.open_contact is not None:  # what is typed then belongs to the talk
        return moment.answer(state, "plan.busy", ("menu", "talk.now", "exit"))
    begun = replace(state, plan=state.plan or Plan(on=day_of(moment.now)), flow=Flow(kind="plan"))
    return Turn(state=begun, effects=(moment.say(begun, "plan.begin"), _question(moment, begun)))


def _answered(moment: Moment) -> Turn | None:
    """Take an answer to the question now open: a number, words of one's own, or none."""
    state = moment.state
    if state.flow.kind != "plan" or state.plan is None or state.question is not None:
        return None
    choice = moment.choice or questions.typed_answer(moment)
    if choice == "item.skip":
        return _next(moment, state, state.plan)
    if choice is not None and choice.startswith("answer."):
        place = questions.chosen(choice.removeprefix("answer."), OPTIONS)
        return _again(moment, state) if place is None else _write(moment, state.plan, Entry(option=place + 1))
    if choice is not None or not isinstance(moment.event, Said) or _wants_a_person(moment):
        return None
    own = " ".join(moment.text.split())
    if not own:
        return _again(moment, state)
    if len(own) > OWN_LENGTH:
        longer = (moment.say(state, "plan.long"), _question(moment, state))
        return Turn(state=state, effects=longer)
    return _write(moment, state.plan, Entry(own=own))


def _wants_a_person(moment: Moment) -> bool:
    alone = moment.reading.alone if moment.reading is not None else None
    return alone is not None and alone.intent == "talk_to_human" and alone.confidence >= _SURE


def _again(moment: Moment, state: State) -> Turn:
    return Turn(state=state, effects=(_question(moment, state),))


def _write(moment: Moment, plan: Plan, entry: Entry) -> Turn:
    written = plan.having(moment.state.flow.step, entry, day_of(moment.now))
    return _next(moment, moment.state, written)


def _next(moment: Moment, state: State, plan: Plan) -> Turn:
    step = state.flow.step + 1
    if step >= len(STEPS):
        return _card(moment, state, plan)
    return _again(moment, replace(state, plan=plan, flow=replace(state.flow, step=step)))


def _question(moment: Moment, state: State) -> Say:
    name = STEPS[state.flow.step]
    options = "\n".join(f"{number}. {_option(moment, state, name, number)}" for number in range(1, OPTIONS + 1))
    asked = moment.say(state, f"plan.{name}", _MAKING)
    choices = (*questions.numbers(OPTIONS), *asked.choices)
    return replace(asked, text=f"{asked.text}\n\n{options}", choices=choices)


def _card(moment: Moment, state: State, plan: Plan) -> Turn:
    shown = replace(state, plan=replace(plan, hidden=False, on=day_of(moment.now)), flow=Flow())
    title = moment.say(shown, "plan.card", _AFTER, protect=True)
    lines = [
        moment.say(shown, f"plan.line.{name}", value=entry.own or _option(moment, shown, name, entry.option)).text
        for name, entry in zip(STEPS, plan.entries, strict=True)
        if entry is not None
    ]
    text = "\n".join((title.text, *lines, moment.say(shown, "plan.numbers").text))
    return Turn(state=shown, effects=(replace(title, text=text),))


def _option(moment: Moment, state: State, name: str, number: int) -> str:
    return moment.say(state, f"plan.{name}.{number}").text
