"""Viet Nam's provinces and communes since 1 July 2025, what stood there before, and a lookup for what a child types."""
