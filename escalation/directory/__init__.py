"""The directory: whom a child can be sent to, by the place where it lives."""
