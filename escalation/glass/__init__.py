"""Break-glass: one case outside one's own reach is opened for half an hour, for a written reason, in plain sight."""
