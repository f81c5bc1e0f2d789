"""The failure of a check."""

from typing import Literal, get_args

Check = Literal[
    "never_1_lost",
    "never_1_unanswered",
    "never_2_without_consent",
    "never_2_item_refused",
    "never_3_words_get_out",
    "never_3_sent_without_yes",
    "never_4_pictures_or_secrecy",
    "never_5_not_allowed",
    "never_5_no_entry",
    "never_6_not_written",
    "duplicate_is_dropped",
    "one_owner",
    "urgency_only_rises",
    "late_means_alerted",
    "waiting_notes_are_kept",
    "hidden_is_not_pushed",
    "follow_up_as_agreed",
    "referral_told_as_agreed",
    "erased_is_gone",
]
CHECKS: tuple[Check, ...] = get_args(Check)


class Broken(Exception):  # noqa: N818  # a finding, told by its name
    """A check does not hold. `words` quote at most a line of the simulator's own."""

    def __init__(self, check: Check, words: str, person: int | None = None) -> None:
        super().__init__(f"{check}: {words}")
        self.check = check
        self.words = words
        self.person = person
