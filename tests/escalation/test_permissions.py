"""Role by action, cell by cell: what the policy allows is possible, and everything else is refused."""

from collections.abc import Awaitable, Callable
from typing import get_args

import pytest

from escalation import contact, queue
from escalation.errors import BadRequest, LeaseLost, NoSuchCase, NotAllowed
from escalation.permissions import NATIONAL, POLICY, Action, Role, Staff, in_area, may, require
from escalation.tables import cases as cases_table
from escalation.tables import trail as trail_table
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
ROLES: tuple[Role, ...] = get_args(Role)
ACTIONS: tuple[Action, ...] = get_args(Action)
CELLS = [(role, action) for role in ROLES for action in ACTIONS]


def member(role: Role = "counsellor", area: str = NATIONAL) -> Staff:
    return Staff(id="s", name="s", display_name="Cô S", role=role, area=area)


def test_the_policy_names_every_role_and_only_known_actions() -> None:
    assert set(POLICY) == set(ROLES)
    assert set().union(*POLICY.values()) <= set(ACTIONS)


@pytest.mark.parametrize(("role", "action"), CELLS)
def test_require_and_may_say_the_same(role: Role, action: Action) -> None:
    allowed = action in POLICY[role]
    assert may(member(role), action) is allowed
    if allowed:
        require(member(role), action)
    else:
        with pytest.raises(NotAllowed):
            require(member(role), action)


@pytest.mark.parametrize("role", ["coordinator", "analyst", "admin", "auditor"])
def test_who_does_not_counsel_never_sees_a_case(role: Role) -> None:
    words = {"queue.view", "case.view", "case.claim", "case.reply", "case.close", "case.take_over"}
    assert not words & POLICY[role]


def test_only_the_admin_makes_accounts_and_no_admin_reads() -> None:
    assert [role for role in ROLES if "staff.manage" in POLICY[role]] == ["admin"]


@pytest.mark.parametrize(
    ("area", "case_area", "belongs"),
    [
        (NATIONAL, "Lào Cai", True),
        ("Lào Cai", None, True),
        ("Lào Cai", "Lào Cai", True),
        ("Lào Cai;Hà Giang", "Hà Giang", True),
        ("Lào Cai; Hà Giang ", " hà giang", True),
        ("Lào Cai", "Hà Giang", False),
        ("Lào Cai", "Lào", False),
        ("Lào", "Lào Cai", False),
        ("", "Lào Cai", False),
    ],
)
def test_a_case_belongs_to_its_area_and_one_without_area_to_everyone(
    area: str, case_area: str | None, belongs: bool
) -> None:
    assert in_area(member(area=area), case_area) is belongs


# --- the same table, at the doors ----------------------------------------------------------------------------------

Door = Callable[[Hotline, Staff, str], Awaitable[object]]


async def look_at_the_queue(hotline: Hotline, staff: Staff, _case_id: str) -> object:
    return await hotline.seen(staff)


async def read(hotline: Hotline, staff: Staff, case_id: str) -> object:
    async with hotline.database.transaction() as unit:
        return await contact.read_contact(unit, VAULT, staff, case_id, hotline.now)


async def claim(hotline: Hotline, staff: Staff, case_id: str) -> object:
    return await hotline.claim(staff, case_id)


async def reply(hotline: Hotline, staff: Staff, case_id: str) -> None:
    async with hotline.database.transaction() as unit:
        await contact.reply(unit, VAULT, staff, case_id, lease=1, message_id="m", text="Cô đây", now=hotline.now)


async def close(hotline: Hotline, staff: Staff, case_id: str) -> None:
    async with hotline.database.transaction() as unit:
        await contact.close(unit, VAULT, staff, case_id, lease=1, outcome="advised", summary="", now=hotline.now)


DOORS: dict[Action, Door] = {
    "queue.view": look_at_the_queue,
    "case.view": read,
    "case.claim": claim,
    "case.reply": reply,
    "case.close": close,
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", list(DOORS))
async def test_a_door_opens_to_those_the_policy_names_and_leaves_no_mark_of_the_others(
    lite_hotline: Hotline, role: Role, action: Action
) -> None:
    hotline = lite_hotline
    case_id = await hotline.child()
    staff = await hotline.staff("s", role)
    before = len(await hotline.rows(trail_table))
    if action in POLICY[role]:
        try:
            await DOORS[action](hotline, staff, case_id)
        except LeaseLost:  # nobody has claimed: allowed by the policy, refused by the lease
            assert action in {"case.reply", "case.close"}
        return
    with pytest.raises(NotAllowed):
        await DOORS[action](hotline, staff, case_id)
    assert len(await hotline.rows(trail_table)) == before
    assert (await hotline.rows(cases_table))[0].state == "waiting"


@pytest.mark.parametrize("action", ["case.view", "case.claim"])
async def test_a_case_of_another_area_is_told_as_no_case_at_all(hotline: Hotline, action: Action) -> None:
    case_id = await hotline.child(area="Hà Giang")
    staff = await hotline.staff("s", area="Lào Cai")
    with pytest.raises(NoSuchCase):
        await DOORS[action](hotline, staff, case_id)
    with pytest.raises(NoSuchCase):
        await DOORS[action](hotline, staff, "no-such-case")
    assert await hotline.seen(staff) == []


@pytest.mark.parametrize("text", ["", " \n\t", "x" * (contact.MAX_REPLY_CHARACTERS + 1)])
async def test_a_reply_without_words_or_too_long_is_refused(hotline: Hotline, text: str) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("s")
    lease = await hotline.claim(staff, case_id)
    async with hotline.database.transaction() as unit:
        with pytest.raises(BadRequest):
            await contact.reply(unit, VAULT, staff, case_id, lease=lease, message_id="m", text=text, now=hotline.now)


async def test_who_is_present_staffs_the_desk_for_a_minute(hotline: Hotline) -> None:
    staff = await hotline.staff("s")

    async def staffed() -> bool:
        async with hotline.database.reading() as unit:
            return await queue.staffed(unit, hotline.now)

    assert not await staffed()
    async with hotline.database.transaction() as unit:
        await queue.mark_present(unit, staff, hotline.now)
        await queue.mark_present(unit, staff, hotline.now)  # again is the same
    assert await staffed()
    hotline.pass_time(queue.PRESENCE_SECONDS)
    assert not await staffed()


async def test_who_goes_leaves_the_desk_empty_at_once(hotline: Hotline) -> None:
    staff = await hotline.staff("s")
    async with hotline.database.transaction() as unit:
        await queue.mark_present(unit, staff, hotline.now)
        await queue.mark_present(unit, staff, hotline.now, on=False)
        assert not await queue.staffed(unit, hotline.now)
