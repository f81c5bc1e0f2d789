"""Never 1: what the channel accepted is not lost, and a disclosure in it is answered with 111."""

from sqlalchemy import select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening, Said
from bot.simulation.world import World
from bot.state import State
from store.tables import SET_ASIDE, inbox

HELP = "111"


async def check_nothing_is_lost(world: World, happening: Happening) -> None:
    """Every message of the step has had its turn, or is set aside with its words and a reply that names 111."""
    number = happening.step.person
    if number is None:
        return
    phone = world.phones[number]
    async with world.database.reading() as unit:
        mine = (inbox.c.conversation_id == phone.conversation_id) & inbox.c.seq.in_(happening.taken)
        rows = (await unit.execute(select(inbox).where(mine))).all()
    found = {row.seq: row for row in rows}
    for seq in happening.taken:
        row = found.get(seq)
        if row is None or row.status not in {"done", *SET_ASIDE}:
            raise Broken("never_1_lost", f"message {seq} was accepted and never had its turn", number)
        if row.status in SET_ASIDE and row.body_sealed is None:
            raise Broken("never_1_lost", f"message {seq} was set aside without its words", number)
        sorry = [said for said in happening.said if said.answers == seq and _is_sorry(said)]
        if row.status in SET_ASIDE and not sorry and not happening.repeated:
            raise Broken("never_1_lost", f"message {seq} was set aside and its person was not given 111", number)


def check_disclosure_is_answered(happening: Happening) -> None:
    """A disclosure is answered, the first one with 111; beside a counsellor the case hears it instead."""
    step, number = happening.step, happening.step.person
    if number is None:
        return
    replies = [said for said in happening.said if said.phone == number and said.answers in happening.taken]
    if happening.repeated:
        if any(not said.push for said in replies):  # what was set aside is answered later, by a push
            raise Broken("duplicate_is_dropped", "a message that came twice was answered twice", number)
        return
    if step.tag == "none" or _is_with_counsellor(happening.before[number]):
        return
    if not replies:
        raise Broken("never_1_unanswered", f"{step.says[-1]!r} had no answer", number)
    text = "\n".join(said.text for said in replies)
    if happening.before[number].matter is None and HELP not in text:
        raise Broken("never_1_unanswered", f"{step.says[-1]!r} was answered without 111", number)
    alone = step.tag == "emergency" and len(step.says) == 1 and happening.before[number].matter is None
    if alone and replies[0].message_id != "error.sorry" and HELP not in text.partition("\n")[0]:
        raise Broken("never_1_unanswered", f"{step.says[-1]!r} was answered, and 111 not in the first line", number)


def _is_sorry(said: Said) -> bool:
    """Tell whether words tell of a fault with 111; who left in a hurry is shown what a quick exit shows."""
    return HELP in said.text or said.message_id == "exit.done"


def _is_with_counsellor(state: State) -> bool:
    return state.contact is not None and state.contact.connected and not state.contact.hidden
