"""The conversation: channels, the turn, inbox and outbox, settings, command line, composition root."""
