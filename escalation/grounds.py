"""On what ground of law a case stands and what it may be used for: a small pure rule, recorded with the case.

Law 91/2025/QH15 on personal data: art. 9 consent, art. 19.1 processing without consent, (a) urgent protection of life,
health, honour or dignity, (đ) another law; here art. 51 of the Law on Children 102/2016/QH13, the duty to report abuse
or the risk of it. A child of that law is under 16. The operator's counsel signs these grounds and the reading of 16-17.
"""

from typing import Literal, get_args

Ground = Literal["consent_9", "urgent_19_1_a", "duty_19_1_dd_51", "duty_if_under_16"]
Purpose = Literal["advice", "protection"]
GROUNDS: tuple[Ground, ...] = get_args(Ground)
# Advice by 111, and protection where the law obliges. Nothing else: no research, no teaching, no publication.
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def ground_of(*, basis: str, role: str, band: str | None, urgency: str) -> tuple[Ground, ...]:
    """Return the grounds of a case that opens now, the first one first.

    A child's yes is our rule and not a ground of its own: art. 24 asks for the representative too, and the parent may
    be the danger. A parent consents for itself; the child it tells of is protected by the duty. The band 15-17 holds
    both a child of 15 and young people past that law, so the duty is named with its condition.
    """
    grounds: list[Ground] = []
    if basis == "vital_interest" or urgency == "emergency":
        grounds.append("urgent_19_1_a")
    if role == "parent":
        grounds += ["consent_9", "duty_19_1_dd_51"]
    elif band == "15-17":
        grounds += ["consent_9", "duty_if_under_16"]
    else:
        grounds.append("duty_19_1_dd_51")
    # Who was not asked has agreed to nothing.
    return tuple(ground for ground in grounds if basis == "consent" or ground != "consent_9")


def words_of(stored: str | None) -> tuple[str, ...]:
    """Return the words of a stored ground or purpose that are known; a case of before them names none."""
    return tuple(word for word in (stored or "").split() if word in {*GROUNDS, *PURPOSES})
