"""Filling the forms: every save is merged, kept sealed, written in the trail, and signed as it was seen."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.sealed import UNDER_DATA_KEYS
from escalation import holds, retention
from escalation.casefile import erasing, filling
from escalation.casefile.errors import BadValue, FormMoved, LowerNeedsReason, StillContested
from escalation.casefile.exporting import NoReasonForExport, note_export
from escalation.casefile.filling import Filled
from escalation.casefile.forms import our_forms
from escalation.casefile.reading import kept_forms
from escalation.casefile.signatures import sign
from escalation.casefile.tables import change, export, filled
from escalation.errors import BadRequest, NoSuchCase, NotAllowed, WrongState
from escalation.permissions import Staff
from escalation.tables import cases as cases_table
from escalation.tables import trail as trail_table
from store import conversations
from store.shredding import fresh_key
from store.tables import message
from store.vault import VaultError
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
FORM = our_forms().by_number["01"]
FIRST = our_forms().by_number["02"]
SHOWN = {"area": "Phường Thủ Đức", "officer": "Cô Lan"}


async def save(
    hotline: Hotline, staff: Staff, case_id: str, version: int, sent: dict[str, str], form: Any = FORM, **more: Any
) -> Filled:
    async with hotline.database.transaction() as unit:
        return await filling.save(
            unit,
            VAULT,
            staff,
            case_id,
            form,
            version=version,
            sent=sent,
            shown=more.get("shown", {}),
            now=hotline.now,
        )


async def read(hotline: Hotline, case_id: str, number: str = "01") -> Filled:
    held = await hotline.conversation(case_id)
    async with hotline.database.reading() as unit:
        return await filling.load(unit, held, case_id, number)


async def signed(hotline: Hotline, staff: Staff, case_id: str, version: int, form: Any = FORM, **more: Any) -> Filled:
    async with hotline.database.transaction() as unit:
        shown = more.get("shown", {})
        return await sign(unit, VAULT, staff, case_id, form, version=version, shown=shown, now=hotline.now)


def said(form: Filled) -> dict[str, str]:
    return {name: cell.value for name, cell in form.cells.items()}


async def actions(hotline: Hotline, case_id: str) -> list[tuple[str, dict[str, Any]]]:
    rows = await hotline.rows(trail_table, stream=f"case:{case_id}")
    return [
        (row.action, json.loads(row.detail))
        for row in sorted(rows, key=lambda row: int(row.number))
        if row.action.startswith("file.")
    ]


async def test_a_field_is_saved_by_itself_and_the_trail_names_it_without_its_words(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    form = await save(hotline, lan, case_id, 0, {"place": "  nhà em\r\nở quê "})
    assert (form.version, said(form)) == (1, {"place": "nhà em\nở quê"})
    assert await read(hotline, case_id) == form
    [(action, detail)] = await actions(hotline, case_id)
    assert action == "file.saved"
    assert detail == {"case": case_id, "form": "01", "version": 1, "fields": ["place"], "waiting": []}


async def test_what_is_saved_is_sealed_under_the_childs_key_and_for_its_row(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"family": "bố mẹ ly hôn"})
    await save(hotline, lan, case_id, 1, {"family": "ở với bà"})
    [row], changes = await hotline.rows(filled), await hotline.rows(change)
    for sealed in (row.body_sealed, *(one.before_sealed for one in changes)):
        assert "ly hôn".encode() not in sealed
    other = await hotline.conversation(await hotline.child("em khac"))
    with pytest.raises(VaultError):
        other.sealer.open(f"casefile/{case_id}/01", row.body_sealed)


async def test_what_nobody_changed_makes_no_version(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường", "family": ""})
    form = await save(hotline, lan, case_id, 1, {"place": "trường", "family": "", "area": SHOWN["area"]}, shown=SHOWN)
    assert (form.version, said(form)) == (1, {"place": "trường"})
    assert len(await actions(hotline, case_id)) == 1


async def test_a_prefilled_field_is_kept_only_once_it_is_changed_and_may_be_emptied(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    form = await save(hotline, lan, case_id, 0, {"area": "", "officer": "Cô Lan"}, shown=SHOWN)
    assert said(form) == {"area": ""}
    assert form.values(SHOWN) == {"area": "", "officer": "Cô Lan"}


async def test_two_people_in_different_fields_never_notice_one_another(hotline: Hotline) -> None:
    lan, mai = await hotline.staff("lan"), await hotline.staff("mai", "supervisor")
    case_id = await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường", "family": "ở với bà"})
    await save(hotline, mai, case_id, 1, {"family": "ở với bà ngoại"})
    # The whole page of Lan, still on version 1, with what Mai changed as it was before.
    form = await save(hotline, lan, case_id, 1, {"place": "trường", "family": "ở với bà", "carer": "bà"})
    assert said(form) == {"place": "trường", "family": "ở với bà ngoại", "carer": "bà"}
    assert form.waiting == ()


async def test_two_people_in_one_field_both_keep_their_words(hotline: Hotline) -> None:
    lan, mai = await hotline.staff("lan"), await hotline.staff("mai", "supervisor")
    case_id = await hotline.child()
    await save(hotline, mai, case_id, 0, {"state": "bình tĩnh"})
    form = await save(hotline, lan, case_id, 0, {"state": "đang khóc", "carer": "bà"})
    assert said(form) == {"state": "bình tĩnh", "carer": "bà"}
    [waiting] = form.waiting
    assert (waiting.cell, waiting.value, waiting.by_id) == ("state", "đang khóc", "lan")
    # Typing on goes on with the value that waits; the saved one is not pushed out.
    form = await save(hotline, lan, case_id, 2, {"state": "đang khóc to"})
    assert said(form)["state"] == "bình tĩnh"
    assert [one.value for one in form.waiting] == ["đang khóc to"]


async def test_one_persons_later_words_hold_and_an_old_page_of_theirs_takes_nothing_back(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"state": "đang khóc"})
    form = await save(hotline, lan, case_id, 0, {"state": "đang khóc to"})
    assert (said(form), form.waiting) == ({"state": "đang khóc to"}, ())
    # Her other page, on version 1, sends the whole form as it was.
    form = await save(hotline, lan, case_id, 1, {"state": "đang khóc", "carer": "bà"})
    assert (said(form), form.waiting) == ({"state": "đang khóc to", "carer": "bà"}, ())


@pytest.mark.parametrize(
    ("choice", "value"),
    [("theirs", "bình tĩnh"), ("mine", "đang khóc"), ("both", "bình tĩnh\nđang khóc")],
)
async def test_whoever_chooses_settles_it(hotline: Hotline, choice: filling.Choice, value: str) -> None:
    lan, mai = await hotline.staff("lan"), await hotline.staff("mai")
    case_id = await hotline.child()
    await save(hotline, mai, case_id, 0, {"state": "bình tĩnh"})
    await save(hotline, lan, case_id, 0, {"state": "đang khóc"})
    async with hotline.database.transaction() as unit:
        chosen = {"state:lan": choice}
        form = await filling.choose(unit, VAULT, mai, case_id, FORM, version=2, chosen=chosen, now=hotline.now)
    assert (said(form), form.waiting) == ({"state": value}, ())
    assert await read(hotline, case_id) == form
    action, detail = (await actions(hotline, case_id))[-1]
    assert (action, detail["fields"]) == ("file.settled", ["state"])


async def test_a_choice_made_on_an_old_look_is_refused_and_loses_nothing(hotline: Hotline) -> None:
    lan, mai = await hotline.staff("lan"), await hotline.staff("mai")
    case_id = await hotline.child()
    await save(hotline, mai, case_id, 0, {"state": "bình tĩnh"})
    await save(hotline, lan, case_id, 0, {"state": "đang khóc"})
    await save(hotline, mai, case_id, 2, {"state": "đã ngủ"})
    with pytest.raises(FormMoved):
        async with hotline.database.transaction() as unit:
            await filling.choose(
                unit, VAULT, lan, case_id, FORM, version=2, chosen={"state:lan": "mine"}, now=hotline.now
            )
    form = await read(hotline, case_id)
    assert (said(form)["state"], [one.value for one in form.waiting]) == ("đã ngủ", ["đang khóc"])


@pytest.mark.parametrize(
    "sent",
    [{"group": "none_of_them"}, {"place": "x" * 201}, {"family": "x" * 2001}, {"nothing": "x"}, {"place.why": "x"}],
)
async def test_a_value_that_fits_no_field_is_refused(hotline: Hotline, sent: dict[str, str]) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    with pytest.raises(BadValue):
        await save(hotline, lan, case_id, 0, sent)
    assert await read(hotline, case_id) == Filled()


async def test_a_version_that_is_not_there_yet_is_refused(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    with pytest.raises(BadRequest):
        await save(hotline, lan, case_id, 3, {"place": "trường"})


async def test_role_area_and_the_childs_own_wish_decide_who_writes(hotline: Hotline) -> None:
    case_id = await hotline.child(area="Thành phố Huế")
    far = await hotline.staff("xa", area="Thành phố Hà Nội")
    with pytest.raises(NoSuchCase):
        await save(hotline, far, case_id, 0, {"place": "trường"})
    for role in ("coordinator", "analyst", "admin", "auditor"):
        with pytest.raises(NotAllowed):
            await save(hotline, await hotline.staff(role, role), case_id, 0, {"place": "trường"})


async def test_a_case_that_waits_without_a_yes_is_not_written_about_before_it_is_claimed(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.endangered()
    with pytest.raises(WrongState):
        await save(hotline, lan, case_id, 0, {"place": "trường"})
    await hotline.claim(lan, case_id)
    assert (await save(hotline, lan, case_id, 0, {"place": "trường"})).version == 1


async def test_a_withdrawn_case_takes_nothing_in_and_its_file_is_gone(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường"})
    await hotline.withdraw(case_id)
    assert await hotline.rows(filled) == await hotline.rows(change) == []
    with pytest.raises(WrongState):
        await save(hotline, lan, case_id, 0, {"place": "trường"})


async def test_under_legal_hold_the_file_stays_with_the_case(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường"})
    async with hotline.database.transaction() as unit:
        await holds.add(unit, case_id, reason="A05, 12", by="an", now=hotline.now)
    await hotline.withdraw(case_id)
    assert said(await read(hotline, case_id)) == {"place": "trường"}


async def test_the_file_goes_with_the_words_of_its_case_when_the_term_is_over(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường"})
    async with hotline.database.transaction() as unit:
        values = {"state": "closed", "closed_at": hotline.now}
        await unit.execute(update(cases_table).where(cases_table.c.id == case_id).values(**values))
        # Nothing but the file is left of it.
        await unit.execute(update(cases_table).values(items_sealed=None, summary_sealed=None))
        await unit.execute(delete(message))
    hotline.pass_time(60)
    async with hotline.database.transaction() as unit:
        assert await retention.purge_cases(unit, hotline.now, timedelta(seconds=30)) == 1
        assert await retention.purge_cases(unit, hotline.now, timedelta(seconds=30)) == 0
    assert await hotline.rows(filled) == await hotline.rows(change) == []


async def test_its_own_person_is_told_which_forms_are_kept_and_no_word_of_them(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường"})
    await signed(hotline, lan, case_id, 1)
    await save(hotline, lan, case_id, 0, {"harm": "high"}, FIRST)
    async with hotline.database.reading() as unit:
        kept = await kept_forms(unit, case_id)
    assert [(form.number, form.saved_at, form.signed) for form in kept] == [
        ("01", hotline.now, True),
        ("02", hotline.now, False),
    ]


async def test_a_lower_conclusion_is_not_signed_without_a_reason(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"harm": "high", "conclusion": "go_on"}, FIRST)
    with pytest.raises(LowerNeedsReason):
        await signed(hotline, lan, case_id, 1, FIRST)
    await save(hotline, lan, case_id, 1, {"reason": "bà ngoại đã đón em"}, FIRST)
    form = await signed(hotline, lan, case_id, 2, FIRST)
    assert form.signature is not None
    assert (form.signature.by_id, form.changed_since_signed) == ("lan", False)
    assert (await actions(hotline, case_id))[-1][0] == "file.signed"


async def test_a_signature_is_under_what_was_seen_and_shows_what_came_later(hotline: Hotline) -> None:
    lan, mai, case_id = await hotline.staff("lan"), await hotline.staff("mai"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường"})
    await save(hotline, mai, case_id, 1, {"place": "nhà"})
    with pytest.raises(FormMoved):
        await signed(hotline, lan, case_id, 1)
    form = await signed(hotline, lan, case_id, 2, shown=SHOWN)
    # What stood there by itself is written down; what the child may take back is not.
    assert said(form) == {"place": "nhà", "officer": "Cô Lan"}
    assert await read(hotline, case_id) == form
    later = await save(hotline, mai, case_id, form.version, {"place": "công viên"})
    assert later.changed_since_signed
    assert (await read(hotline, case_id)).changed_since_signed


async def test_nobody_signs_while_two_values_wait_for_a_choice(hotline: Hotline) -> None:
    lan, mai, case_id = await hotline.staff("lan"), await hotline.staff("mai"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường"})
    await save(hotline, mai, case_id, 0, {"place": "nhà"})
    with pytest.raises(StillContested):
        await signed(hotline, lan, case_id, 2)


async def test_a_paper_has_a_reason_that_is_sealed_and_goes_with_the_words(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    async with hotline.database.transaction() as unit:
        await note_export(unit, VAULT, lan, case_id, what="01", kind="pdf", reason="gửi UBND xã", now=hotline.now)
        with pytest.raises(NoReasonForExport):
            await note_export(unit, VAULT, lan, case_id, what="01", kind="pdf", reason=" ", now=hotline.now)
    [row] = await hotline.rows(export)
    assert b"UBND" not in row.reason_sealed
    held = await hotline.conversation(case_id)
    assert held.sealer.open(f"casefile_export/{row.id}", row.reason_sealed) == "gửi UBND xã"
    [(action, detail)] = await actions(hotline, case_id)
    assert (action, detail) == (
        "file.exported",
        {"case": case_id, "what": "01", "format": "pdf", "export": row.id},
    )
    async with hotline.database.transaction() as unit:
        await erasing.forget(unit, case_id)
    [row] = await hotline.rows(export)
    assert row.reason_sealed is None


async def test_the_file_opens_under_a_fresh_key(hotline: Hotline) -> None:
    lan, mai, case_id = await hotline.staff("lan"), await hotline.staff("mai"), await hotline.child()
    await save(hotline, lan, case_id, 0, {"place": "trường"})
    await save(hotline, lan, case_id, 1, {"place": "nhà"})
    async with hotline.database.transaction() as unit:
        held = await conversations.lock(unit, VAULT, (await hotline.conversation(case_id)).id)
        await fresh_key(unit, VAULT, held, UNDER_DATA_KEYS)
    form = await save(hotline, mai, case_id, 1, {"place": "công viên"})
    assert (said(form)["place"], form.waiting[0].value) == ("nhà", "công viên")
