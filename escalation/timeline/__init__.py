"""What happened in a case, in the order in which it happened: folded from trail and consent ledger, without a text."""
