"""The trail as people read it: narrowed to what a role may see, checked, and given out as a sheet."""
