"""A system of another beside the desk: what it is told of cases, and how it may own the queue."""
