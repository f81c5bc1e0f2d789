"""What an operator may count. No label ever comes from a person's words, name or number."""

from prometheus_client import Counter, Gauge, Histogram

TURNS = Counter("khien_turns_total", "Turns that committed")
TURN_FAILURES = Counter("khien_turn_failures_total", "Turns that failed and were rolled back")
PARKED = Counter("khien_inbox_parked_total", "Inbox rows set aside after the last attempt: look at them now")
READ_AGAIN = Counter("khien_inbox_read_again_total", "Rows set aside that were read again, by what came of it", ["way"])
SALVAGED = Counter("khien_states_salvaged_total", "Stored states that could not be read: a turn went on without")
TURN_WAIT_SECONDS = Histogram("khien_turn_wait_seconds", "From a message's arrival to its committed turn")
RASA_ASKED = Counter(
    "khien_rasa_asked_total", "Messages for Rasa; each outcome but answered was read by our engine alone", ["outcome"]
)
HEARD = Counter("khien_heard_total", "Messages read, by decision", ["decision"])
LEARNING = Counter(
    "khien_learning_measured_total",
    "Answers to the questions before and after a first lesson, and to whom a child would tell; no id stands here",
    ["measure", "topic", "audience", "when", "outcome"],
)
SENT = Counter("khien_sent_total", "Messages delivered to a messenger", ["channel"])
SEND_FAILURES = Counter("khien_send_failures_total", "Refused or failed sends", ["channel", "permanent"])
WEBHOOK_REFUSED = Counter(
    "khien_webhook_refused_total", "Posts at a messenger's webhook whose signature was wrong", ["channel"]
)
TOKEN_SECONDS = Gauge("khien_token_seconds", "Until a messenger's access token ends; it is renewed before", ["channel"])
TOKEN_FAILURES = Counter(
    "khien_token_failures_total", "Renewals of a messenger's tokens that failed: act on refused", ["channel", "kind"]
)
