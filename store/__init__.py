"""Plumbing that two rooms need: database, vault, inbox, outbox, timers, clock, ids."""
