"""spaCy components of the listener's pipeline; importing this package registers them."""
