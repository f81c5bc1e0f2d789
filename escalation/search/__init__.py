"""Search over cases by what a role may see. Nothing that is sealed is indexed or remembered."""
