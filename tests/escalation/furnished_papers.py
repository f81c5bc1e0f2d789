"""The papers of the invented hotline: case file, tasks, referrals, a closed case with a follow-up."""

from datetime import timedelta

from escalation import consent, contact, follow_ups
from escalation.casefile import filling, quotations, signatures
from escalation.casefile.forms import our_forms
from escalation.referrals import asking, drafting, sending
from escalation.referrals.receivers import our_receivers
from escalation.referrals.rows import Words
from escalation.referrals.tables import referral
from escalation.tasks import doing
from escalation.tasks.tables import task
from store import conversations
from tests.escalation.furnished import MONDAY, Hotline, begin_friday, begin_monday, fill_monday, quiet_hotline
from tests.escalation.world import World

RECEIVED = {
    "agency": "Tổng đài quốc gia bảo vệ trẻ em 111",
    "group": "at_risk",
    "child": "Thỏ (tên em tự đặt)",
    "state": "Em buồn, ngủ ít, chưa tới lớp hai hôm nay. Vẫn trả lời đều.",
    "place": "Nhóm chat của lớp",
    "family": "Em ở với mẹ. Mẹ đi làm ca, em chưa kể với mẹ.",
}
ASSESSED = {
    "harm": "medium", "harm.why": "Em bị nói xấu trong nhóm 12 bạn, khóc cả tối.",
    "access": "high", "access.why": "Học cùng lớp, gặp nhau hằng ngày.",
    "obstacles": "medium", "self": "medium", "knows": "high", "knows.why": "Em tự tìm tới tổng đài.",
    "reach": "medium", "willing": "high", "conclusion": "go_on",
    "need_psychological": "Nói chuyện với tư vấn viên mỗi tuần.",
}  # fmt: skip
AGAIN = {"harm": "low", "access": "medium", "self": "medium", "knows": "high", "reach": "high", "willing": "high"}


async def busy_hotline(world: World) -> Hotline:
    """Return a hotline in the middle of a Monday morning."""
    made = await quiet_hotline(world)
    await begin_friday(made)
    await _close_friday(made)
    await begin_monday(made)
    await _file(made)
    await _tasks(made)
    await _referrals(made)
    await fill_monday(made)
    return made


async def _close_friday(made: Hotline) -> None:
    vault, case_id, lease = made.world.vault, made.named["friday"], int(made.named["friday_lease"])
    sent = await _drafted(made, "friday", "school", "Xin thầy cô chủ nhiệm để mắt tới em ở cổng trường.")
    await _asked(made, "friday", sent, lease=lease, answer="grant")
    await _sent(made, "friday", sent, "accept", "Cô hiệu phó đã nhận, hẹn gặp em sáng thứ ba.")
    async with made.unit() as unit:
        summary = "Em đã bình tĩnh. Bà sẽ đưa em tới trường tuần này; nhà trường đã biết."
        words = {"outcome": "referred", "summary": summary, "follow_up": True}
        await contact.close(unit, vault, made.staff["lan"].staff, case_id, lease=lease, now=made.now, **words)  # type: ignore[arg-type]
    async with made.unit() as unit:
        due_at = MONDAY + timedelta(hours=8)
        await follow_ups.step(unit, case_id, "agree", due_at=due_at, now=made.now)


# --- the case file -------------------------------------------------------------------------------------------------


async def _file(made: Hotline) -> None:
    await _filled(made, "lan", "01", RECEIVED)
    await _filled(made, "thu", "01", {"state": "Em lo lắng, đã ngủ được tối qua."}, version=0)
    version = await _filled(made, "lan", "02", ASSESSED)
    await _filled(
        made, "lan", "03", AGAIN | {"body": "Không có dấu hiệu tổn thương cơ thể.", "wish": "Em muốn đổi chỗ ngồi."}
    )
    await _filled(made, "lan", "06", AGAIN | {"harm.why": "Nhóm chat đã bị xóa, các bạn đã xin lỗi."})
    vault, lan, case_id = made.world.vault, made.staff["lan"].staff, made.named["held"]
    async with made.unit() as unit:
        lines = await quotations.messages_of(unit, vault, case_id)
        seq = next(line.seq for line in lines if "khóc cả tối" in line.text)
        made.named["said"] = str(seq)
        form = our_forms().by_number["01"]
        await quotations.quote(
            unit, vault, lan, case_id, form, field="state", seq=seq, words="hôm qua con khóc cả tối", now=made.now
        )
        signed = our_forms().by_number["02"]
        await signatures.sign(unit, vault, lan, case_id, signed, version=version, shown={}, now=made.now)


async def _filled(made: Hotline, who: str, number: str, sent: dict[str, str], *, version: int = 0) -> int:
    async with made.unit() as unit:
        form, vault = our_forms().by_number[number], made.world.vault
        staff, case_id = made.staff[who].staff, made.named["held"]
        known = {name: value for name, value in sent.items() if form.field_of(name) is not None}
        saved = await filling.save(
            unit, vault, staff, case_id, form, version=version, sent=known, shown={}, now=made.now
        )
    return saved.version


# --- tasks ---------------------------------------------------------------------------------------------------------


async def _tasks(made: Hotline) -> None:
    vault, lan, case_id = made.world.vault, made.staff["lan"].staff, made.named["held"]
    async with made.unit() as unit:
        for title, hours in (("Gọi lại cho cô chủ nhiệm", 3), ("Hỏi em đã kể với mẹ chưa", 30)):
            due_at = made.now + timedelta(hours=hours)
            await doing.add(unit, vault, lan, case_id, title=title, due_at=due_at, now=made.now)
    first, *_ = [row for row in await made.world.rows(task, case_id=case_id) if row.kind == "own"]
    async with made.unit() as unit:
        note = "Cô chủ nhiệm đã nghe máy, sẽ nói chuyện riêng với nhóm bạn."
        await doing.step(unit, vault, lan, first.id, "finish", version=first.version, note=note, now=made.now)


# --- referrals -----------------------------------------------------------------------------------------------------


async def _referrals(made: Hotline) -> None:
    lease = int(made.named["held_lease"])
    school = await _drafted(made, "held", "school", "Xin nhà trường xóa nhóm chat và gặp riêng các bạn.")
    await _asked(made, "held", school, lease=lease, answer="grant")
    await _drafted(made, "held", "legal_aid", "Xin tư vấn cho em và mẹ về việc ảnh bị đăng.")
    social = await _drafted(made, "held", "social_work", "Xin một buổi tư vấn tâm lý cho em.")
    await _asked(made, "held", social, lease=lease, answer=None)
    police = await _drafted(made, "held", "police", "Xin cho gỡ ảnh khỏi mạng.")
    vault, staff, case_id = made.world.vault, made.staff, made.named["held"]
    reason = "Ảnh đang lan nhanh, mỗi giờ thêm người xem; em chưa trả lời câu hỏi."
    async with made.unit() as unit:
        await drafting.write_reason(
            unit, vault, staff["lan"].staff, case_id, police,
            version=await _version(made, police), ground="urgent_19_1_a", text=reason, now=made.now,
        )  # fmt: skip
    async with made.unit() as unit:
        version = await _version(made, police)
        await drafting.sign(unit, vault, staff["thu"].staff, case_id, police, version=version, now=made.now)
    health = await _drafted(made, "held", "health", "Xin khám giúp em về giấc ngủ.")
    await _asked(made, "held", health, lease=lease, answer="grant")
    await _sent(made, "held", health)


async def _drafted(made: Hotline, name: str, receiver: str, request: str) -> str:
    async with made.unit() as unit:
        return await drafting.draft(
            unit,
            made.world.vault,
            made.staff["lan"].staff,
            made.named[name],
            our_receivers().named(receiver),
            urgent=receiver == "police",
            fields=frozenset({"nickname"}),
            words=Words(request=request, account="Em bị nói xấu và ghép ảnh trong nhóm chat của lớp."),
            now=made.now,
        )


async def _version(made: Hotline, referral_id: str) -> int:
    [row] = await made.world.rows(referral, id=referral_id)
    return int(row.version)


async def _asked(made: Hotline, name: str, referral_id: str, *, lease: int, answer: asking.ChildEvent | None) -> None:
    """Let the counsellor ask the child about a receiver, and the child answer."""
    version, case_id = await _version(made, referral_id), made.named[name]
    async with made.unit() as unit:
        lan = made.staff["lan"].staff
        await asking.ask(unit, made.world.vault, lan, case_id, referral_id, lease=lease, version=version, now=made.now)
    await made.world.turn_of(case_id)
    if answer is None:
        return
    [row] = await made.world.rows(referral, id=referral_id)
    async with made.unit() as unit:
        await conversations.hold(unit, row.conversation_id)
        await consent.record(
            unit,
            conversation_id=row.conversation_id,
            item="referral",
            decision="granted",
            wording=f"referral.ask_{row.receiver}@1",
            audience="11-14",
            channel="web",
            message_seq=1,
            case_id=case_id,
            receiver=row.receiver,
            at=made.now,
        )
        await asking.step(unit, referral_id, answer, made.now)


async def _sent(made: Hotline, name: str, referral_id: str, answer: str = "", text: str = "") -> None:
    vault, ha, case_id = made.world.vault, made.staff["ha"].staff, made.named[name]
    async with made.unit() as unit:
        version = await _version(made, referral_id)
        await sending.send(
            unit, vault, ha, case_id, referral_id, our_receivers(), version=version, how="phone", now=made.now
        )
    if answer:
        async with made.unit() as unit:
            version = await _version(made, referral_id)
            more = {"version": version, "event": answer, "text": text, "now": made.now}
            await sending.answer(unit, vault, ha, case_id, referral_id, our_receivers(), **more)  # type: ignore[arg-type]
