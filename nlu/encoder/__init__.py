"""The sentence encoder: a small transformer that adds its vote where the linear learner is in doubt (ADR 0016)."""
