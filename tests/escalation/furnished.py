"""An invented hotline on a Monday morning, so that every page of the desk has something to show. Nobody in it lives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from content.library import Content
from escalation import cases, complaints, contact, queue, signing
from escalation.glass import breaking
from escalation.shift import handover, listening, lobby
from escalation.staff import locks, make_setup_link, notices, resets, sessions, tokens
from escalation.tables import cases as cases_table
from escalation.vital import Basis
from escalation.writing import notes
from store import conversations, inbox
from store.clock import MovableClock
from store.database import Transaction
from tests.escalation.security_steps import PIN
from tests.escalation.world import Member, Said, World

FRIDAY = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)  # 08:05 in Hà Nội
PEOPLE = {
    "lan": ("counsellor", "national", "Cô Lan"),
    "nam": ("counsellor", "national", "Chú Nam"),
    "thu": ("supervisor", "national", "Cô Thu"),
    "tam": ("supervisor", "Lào Cai", "Cô Tâm"),
    "ha": ("coordinator", "national", "Chị Hà"),
    "minh": ("admin", "national", "Anh Minh"),
    "kiem": ("auditor", "national", "Anh Kiệm"),
    "vy": ("analyst", "national", "Chị Vy"),
}
HAI_PHONG = "hp → Thành phố Hải Phòng"


class StillClock(MovableClock):
    """A clock that moves only when it is told to: no lease runs out while a page is looked at."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at + self._offset

    def until(self, moment: datetime) -> None:
        """Let it be that moment."""
        self.advance((moment - self.now()).total_seconds())


@dataclass(slots=True, kw_only=True)
class Hotline:
    """The furnished hotline: who works there, and what an address needs to name one of its things."""

    world: World
    staff: dict[str, Member] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.world.now

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Transaction]:
        """One unit of work, a minute and a half after the one before."""
        self.world.clock.advance(90)
        async with self.world.database.transaction() as unit:
            yield unit

    async def child(
        self, name: str, *said: Said | str, area: str = HAI_PHONG, nickname: str = "", **more: object
    ) -> str:
        """Let a child come; its case is named `name` from here on."""
        items = {"area": area} | ({"nickname": nickname} if nickname else {})
        self.named[name] = await self.world.child(*said, items=items, **more)  # type: ignore[arg-type]
        return self.named[name]

    async def held(self, who: str, name: str) -> int:
        """Let somebody claim a case; returns the lease."""
        async with self.unit() as unit:
            return await queue.claim(unit, self.world.vault, self.staff[who].staff, self.named[name], self.now)

    async def says(self, who: str, name: str, lease: int, text: str, *, delivery: str = "sent") -> None:
        """Let a counsellor write to a child, and the bot's turn bring it there."""
        async with self.unit() as unit:
            case_id, staff = self.named[name], self.staff[who].staff
            words = {"message_id": f"m{self.now.timestamp()}", "text": text}
            await contact.reply(unit, self.world.vault, staff, case_id, lease=lease, now=self.now, **words)
        await self.world.turn_of(case_id, delivery=delivery)

    async def hears(self, name: str, text: str) -> None:
        """Let a child answer."""
        self.world.clock.advance(40)
        await self.world.child_writes(self.named[name], text)


def stand_still(world: World, at: datetime = FRIDAY) -> World:
    """Stop the clock of a world, and give its desk the lessons and the directory."""
    world.clock = StillClock(at)
    world.services = replace(world.services, clock=world.clock, content=Content.load())
    return world


async def new_hotline(world: World) -> Hotline:
    """Return a hotline where nobody works yet, with the link for the first two."""
    made = Hotline(world=world)
    async with made.unit() as unit:
        made.named["setup"] = await make_setup_link(unit, made.now)
    return made


async def quiet_hotline(world: World) -> Hotline:
    """Return a hotline with all its staff and no child."""
    made = Hotline(world=world)
    for name, (role, area, display_name) in PEOPLE.items():
        made.staff[name] = await world.member(name, role, area=area, display_name=display_name)
        made.named[f"staff_{name}"] = made.staff[name].staff.id
    return made


async def begin_friday(made: Hotline) -> None:
    """Let one child come and be held."""
    await made.child(
        "friday", "Bạn em bị mấy anh lớp trên lấy tiền ăn sáng", "Em sợ tới trường", harms=("school_violence",)
    )
    lease = await made.held("lan", "friday")
    made.named["friday_lease"] = str(lease)
    await made.says("lan", "friday", lease, "Cô đọc rồi, cảm ơn em đã kể. Em đang ở đâu vậy em?")
    await made.hears("friday", "dạ em ở nhà với bà")


async def begin_monday(made: Hotline) -> None:
    """Let the weekend pass, and a child come and be held."""
    assert isinstance(made.world.clock, StillClock)
    made.world.clock.until(MONDAY)
    first = "Các bạn lập nhóm chat nói xấu em, còn ghép ảnh em rồi đăng lên"
    marked = first.index("ghép ảnh em")
    await made.child(
        "held",
        Said(text=first, evidence=((marked, marked + len("ghép ảnh em")),)),
        "Em không muốn đi học nữa",
        nickname="Thỏ",
        harms=("cyberbullying", "emotional_abuse"),
    )
    lease = await made.held("lan", "held")
    made.named["held_lease"] = str(lease)
    await made.says("lan", "held", lease, "Chào em, cô Lan ở tổng đài 111 đây. Cô đọc rồi. Em không có lỗi gì cả.")
    await made.hears("held", "dạ con chào cô")
    await made.hears("held", "nhóm đó có 12 bạn lớp con, hôm qua con khóc cả tối")
    await made.says("lan", "held", lease, "Cô tin em. Ở nhà có ai em tin để kể chuyện này không?")
    await made.hears("held", "con chưa kể với ai, con sợ mẹ lo")
    await made.says("lan", "held", lease, "Em cứ từ từ nhé, cô ở đây với em.", delivery="parked")
    async with made.unit() as unit:
        vault, staff, case_id = made.world.vault, made.staff["lan"].staff, made.named["held"]
        await notes.add(unit, vault, staff, case_id, "Em học lớp 7, ở với mẹ. Chưa muốn mẹ biết.", made.now)
        await listening.whisper(
            unit, vault, made.staff["thu"].staff, case_id, "Hỏi em hôm nay có tới lớp không nhé.", made.now
        )


async def fill_monday(made: Hotline) -> None:
    """Let everybody be at work, and more children come than they can take."""
    await _passing_on(made)
    await _complaints(made)
    await _at_the_desk(made)
    await _waiting(made)
    await _accounts(made)


async def _passing_on(made: Hotline) -> None:
    """Hold a child by a colleague: one in danger, one that is offered to another."""
    vault, nam = made.world.vault, made.staff["nam"].staff
    danger: Basis = "vital_interest"
    await made.child(
        "danger",
        "em đang ở một mình, em sợ",
        urgency="emergency",
        harms=("domestic_violence",),
        basis=danger,
        area="Huế",
    )
    lease = await made.held("nam", "danger")
    await made.says("nam", "danger", lease, "Chú đây. Em đang ở chỗ an toàn chưa?")
    async with made.unit() as unit:
        reason = "Em đang ở một mình và có nguy hiểm ngay lúc này; chờ em đồng ý thì quá muộn."
        await signing.write_reason(unit, vault, nam, made.named["danger"], lease=lease, text=reason, now=made.now)
        await cases.raise_alert(unit, made.named["danger"], "raised", made.now)
    await made.child("offered", "Có người lạ nhắn tin rủ con đi chơi", band="6-10", harms=("grooming",), nickname="Bi")
    lease = await made.held("nam", "offered")
    await made.says("nam", "offered", lease, "Chào con, chú Nam đây. Con làm đúng khi kể cho chú nghe.")
    async with made.unit() as unit:
        lan, note = (
            made.staff["lan"].staff,
            "Con còn nhỏ, muốn nói chuyện với một cô. Đã dặn con không trả lời người lạ.",
        )
        await queue.mark_present(unit, lan, made.now)
        await handover.offer(
            unit, vault, nam, made.named["offered"], lease=lease, to_id=lan.id, note=note, now=made.now
        )


async def _complaints(made: Hotline) -> None:
    said = (
        ("danger", "11-14", "Con chờ lâu quá mà chú trả lời có một câu."),
        ("friday", "parent", "Xin cảm ơn, nhưng tôi mong được báo sớm hơn."),
    )
    for name, audience, text in said:
        async with made.unit() as unit:
            [row] = await made.world.rows(cases_table, id=made.named[name])
            held = await conversations.lock(unit, made.world.vault, row.conversation_id)
            made.named[f"complaint_{name}"] = await complaints.file(
                unit, held, role="child", audience=audience, urgency="none", text=text, now=made.now
            )


async def _at_the_desk(made: Hotline) -> None:
    async with made.unit() as unit:
        for name in ("lan", "nam", "thu"):
            await queue.mark_present(unit, made.staff[name].staff, made.now)
        for number in range(4):  # talks with the bot that carry a risk; nobody has said yes yet
            taken = await inbox.take_in(
                unit,
                made.world.vault,
                channel="web",
                address=f"lobby-{number}",
                external_id="m",
                body={"text": "…"},
                now=made.now,
            )
            await lobby.note(unit, taken.conversation_id, "high", now=made.now, until=made.now + timedelta(days=1))


async def _waiting(made: Hotline) -> None:
    await made.child(
        "moderate", "Em bị mất nick game", urgency="moderate", band="15-17", harms=("scam",), area="Cà Mau"
    )
    made.world.clock.advance(420)
    await made.child(
        "dare",
        "Các bạn rủ con chơi thử thách lạ trên mạng",
        urgency="moderate",
        band=None,
        harms=("harmful_content",),
        area="Đà Nẵng",
    )
    made.world.clock.advance(60)
    await made.child(
        "high", "Có người đòi tiền, dọa đăng ảnh của em", band="15-17", harms=("sexual_extortion",), area="Cần Thơ"
    )
    made.world.clock.advance(150)
    await made.child("young", "Con sợ về nhà", band="6-10", harms=("neglect",), area="Nghệ An")
    made.world.clock.advance(30)
    await made.child(
        "first", "Em mệt lắm, không biết nói với ai", urgency="emergency", harms=("self_harm",), area="Quảng Ninh"
    )
    made.world.clock.advance(25)


async def _accounts(made: Hotline) -> None:
    world, lan, minh = made.world, made.staff["lan"].staff, made.staff["minh"].staff
    await locks.set_pin(world.database, lan.id, PIN, made.now)
    async with made.unit() as unit:
        made.named["reset"] = (await resets.make_link(unit, made.staff["nam"].staff.id, by=minh, now=made.now))[1]
        for browser in ("Firefox, Windows", "Chrome, Android"):
            await sessions.open_session(unit, lan.id, "browser", made.now, browser=browser)
        await notices.add(unit, made.staff["nam"].staff.id, "recovery_used", made.now)
        await tokens.make(
            unit,
            minh,
            owner_id=lan.id,
            label="Phần mềm tổng đài",
            actions=["queue.view", "case.view"],
            area="",
            now=made.now,
        )
        await notices.put_away(unit, lan.id, until=made.now, now=made.now)
        reason = "Công an xã vừa gọi về em này; cần đọc ngay để trả lời."
        await breaking.break_in(unit, world.vault, made.staff["tam"].staff, made.named["held"], reason, made.now)
