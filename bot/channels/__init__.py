"""One folder a messenger, each with the same inner names; `port` says what they all give."""
