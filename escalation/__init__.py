"""Consent, cases, the queue, the trail and the counsellor's desk. Never imports `bot`."""
