"""A page on the author's own machine that shows every text as each messenger will."""
