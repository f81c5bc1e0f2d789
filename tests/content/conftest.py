"""A small folder of content in which nothing is wrong; tests break what they are about."""

from pathlib import Path

import pytest

LESSON = """\
---
id: scam.{band}
topic: scam
band: {band}
title: Kẻ lừa trên mạng
minutes: 3
sources:
  - document: Luật Trẻ em
    year: 2016
author: Nhóm Khiên Nhỏ
second_read: 2026-11-20
specialist_review: null
version: 1
---
## Ai gọi thế?

Một người lạ gọi cho Na. Họ nói: “Giữ bí mật nhé.”
---
**Không phải lỗi của bạn.**
---
1. Dừng lại.
2. Kể với người lớn.
---
- Gọi **111**.
"""

ADVICE = """\
---
id: advice.scam
topic: scam
title: Khi con gặp lừa đảo
sources: [{document: Luật Trẻ em, year: 2016}]
author: Nhóm Khiên Nhỏ
second_read: 2026-11-20
specialist_review: {name: Nguyễn Thị A, date: 2026-11-21}
version: 1
---
Anh chị hãy nghe con trước. Đừng nói: “Sao con không nói sớm?”
"""

MESSAGES = """\
- id: hello
  text:
    child: Chào bạn {name}!
    parent: Chào anh chị {name}!
  params: [name]
- id: numbers
  text:
    unknown: Bạn gọi 111 nhé.
    6-10: Gọi 111 nhé.
    all: Gọi 111, ngày đêm, miễn phí.
  max_words: {all: 20}
  version: 3
"""

CHOICES = """\
- id: consent.yes
  label: {all: "✅ Đồng ý"}
  typed: [gửi đi, cho cô đọc]
- id: consent.no
  label: {child: Không, parent: Tôi không đồng ý}
- id: stop
  label: {all: Dừng}
- id: right
  label: {all: Đúng}
"""

DIRECTORY = """\
- id: child
  number: 111
  label: {vi: Tổng đài 111, en: Hotline 111}
  note: {vi: miễn phí, en: free}
  hours: 24/7
  verified: {by: An, date: 2026-11-01}
- id: shop
  number: 1900 1234
  label: {vi: Chưa gọi thử, en: Not called yet}
  hours: 8-17
  verified: null
  hidden: chưa gọi thử
"""


PICTURES = """\
- {id: cover.scam, alt: Nhím và hộp quà.}
- {id: badge.scam, alt: Huy hiệu hộp quà.}
- {id: mascot.hello, alt: Nhím chào.}
- {id: mascot.listening, alt: Nhím nghe.}
- {id: mascot.thinking, alt: Nhím nghĩ.}
- {id: mascot.happy, alt: Nhím vui.}
- {id: mascot.calm, alt: Nhím thở.}
- {id: mascot.proud, alt: Nhím tự hào.}
- {id: certificate, alt: "Thẻ ngày {day}. {badge}"}
"""

PATH = """\
"6-10":
  - {topic: scam, why: Ai cũng gặp.}
"11-14":
  - {topic: scam, why: Ai cũng gặp.}
"15-17":
  - {topic: scam, why: Ai cũng gặp.}
"""
MARKS = {4: "      measure: pre\n", 5: "      measure: post\n"}


def quiz() -> str:
    """Write a quiz of six questions for each band."""
    bands = "".join(
        f'  "{band}":\n'
        + "".join(
            f"    - id: scam.{band}.q{number}\n"
            "      question: Người lạ xin mật khẩu. Bạn làm gì?\n"
            "      options:\n"
            "        - {text: Cho ngay, why: Mật khẩu là của riêng bạn.}\n"
            "        - {text: Không cho, why: Đúng rồi., correct: true}\n" + MARKS.get(number, "")
            for number in range(1, 7)
        )
        for band in ("6-10", "11-14", "15-17")
    )
    head = "topic: scam\nversion: 1\nauthor: Nhóm\nsecond_read: 2026-11-20\nspecialist_review: null\n"
    return f"{head}bands:\n{bands}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the root of a whole, valid folder of content."""
    return write_content(tmp_path)


def write_content(folder: Path) -> Path:
    """Write a whole, valid folder of content below `folder`; returns its root."""
    files = {
        "directory.yml": DIRECTORY,
        "path.yml": PATH,
        "vi/advice/scam.md": ADVICE,
        "vi/choices.yml": CHOICES,
        "vi/lessons/scam/quiz.yml": quiz(),
        "vi/messages/flows.yml": MESSAGES,
        "vi/topics.yml": "- id: scam\n  title: {all: Lừa đảo}\n  emoji: 🎣\n",
        "vi/pictures.yml": PICTURES,
        "en/pictures.yml": PICTURES,
        "en/choices.yml": CHOICES.replace("Đồng ý", "I agree").replace("Không", "No"),
        "en/lessons/scam/11-14.md": LESSON.format(band="11-14").replace("Kẻ lừa trên mạng", "Online scams"),
        "en/messages/flows.yml": MESSAGES.replace("Chào bạn", "Hello"),
        "en/topics.yml": "- id: scam\n  title: {all: Scams}\n",
    }
    files |= {f"vi/lessons/scam/{band}.md": LESSON.format(band=band) for band in ("6-10", "11-14", "15-17")}
    for path, text in files.items():
        whole = folder / "content" / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_text(text, encoding="utf-8")
    return folder / "content"
