"""A child's way through the whole product on a messenger: from hello over a lesson and a disclosure to a counsellor."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from content.library import Content
from tests.served_people import Counsellor, until

DISCLOSURE = "em bi danh o truong, ngay nao tui no cung chan duong danh em"
QUIET_SECONDS = 0.8  # how long nothing has to come, to say that nothing comes


class Messenger(Protocol):
    """A loopback server on which people write."""

    def says(self, person: str, text: str) -> object:
        """Let a person write."""
        ...

    def answers(self, person: str) -> list[str]:
        """Return what a person was written."""
        ...


@dataclass(frozen=True, slots=True)
class Child:
    """One person's chat."""

    server: Messenger
    id: str
    content: Content
    taps: Callable[[str, str], object] | None = None  # a button of the newest message, where there are any

    @property
    def answers(self) -> list[str]:
        return self.server.answers(self.id)

    def says(self, text: str) -> None:
        self.server.says(self.id, text)

    async def sees(self, words: str) -> str:
        """Wait for a message with these words."""

        async def look() -> str:
            return next((text for text in self.answers if words in text), "")

        return await until(look)

    async def picks(self, choice: str) -> None:
        """Take a choice: by its button, else by the number before its words in the newest list."""

        async def offered() -> str:
            return self._number_of(choice)

        if self.taps is not None:
            async with asyncio.timeout(20):
                while not self._tapped(choice):
                    await asyncio.sleep(0.02)
            return
        self.says(await until(offered))

    def _tapped(self, choice: str) -> bool:
        assert self.taps is not None
        try:
            self.taps(self.id, choice)
        except LookupError:
            return False
        return True

    def _number_of(self, choice: str) -> str:
        """Return the number before a choice's words in the newest list that has them; empty where none has."""
        labels = {self.content.label(choice, audience) for audience in ("unknown", "11-14")}
        for text in reversed(self.answers):
            for number, words in re.findall(r"^([0-9]{1,2})\. (.+)$", text, re.MULTILINE):
                if words in labels:
                    return str(number)
        return ""


async def from_hello_to_a_counsellor_and_out(child: Child, counsellor: Counsellor, channel: str) -> None:
    """Walk the whole way; every step has to hold."""
    child.says("chào bạn")
    await child.sees("chương trình máy")
    await child.picks("role.child")
    await child.picks("band.11-14")
    await child.picks("learn")
    await child.picks("learn.scam")
    await child.sees(child.content.topic_title("scam", "11-14"))
    child.says(DISCLOSURE)
    await child.picks("safe.no")
    assert (await child.sees("113")).startswith("111 · 113")
    await child.picks("talk.now")
    assert await counsellor.queue() == []
    await child.picks("consent.conversation.yes")
    await child.sees("đã chuyển chuyện của bạn")
    (entry,) = await counsellor.queue()
    assert (entry["urgency"], entry["band"], entry["channel"]) == ("emergency", "11-14", channel)
    case, lease = await counsellor.take_next()
    await child.sees("Cô Lan của tổng đài 111")
    lines = [line["text"] for line in (await counsellor.read(case))["lines"]]
    assert DISCLOSURE in lines
    assert "chào bạn" not in lines
    await counsellor.writes(case, lease, "Chào em, cô là Lan. Em đang ở đâu?")
    assert (await child.sees("cô là Lan")).startswith("Cô Lan")
    child.says("2")  # said to her, and no choice of an older list

    async def heard() -> bool:
        return any(line["text"] == "2" for line in (await counsellor.read(case))["lines"])

    await until(heard)
    child.says("thoát")
    await child.sees("Góc học tập")
    await counsellor.writes(case, lease, "Em còn đó không?")
    await asyncio.sleep(QUIET_SECONDS)
    assert "Góc học tập" in child.answers[-1]
