"""Reads what a person types where a button was meant; Vietnamese, teencode and English, no model, no state."""

from nlu.answers.about import About, read_about
from nlu.answers.admission import admits_harm
from nlu.answers.agreement import Agreement, read_agreement
from nlu.answers.dying import speaks_of_dying, tells_attempt
from nlu.answers.exits import read_exit, read_language
from nlu.answers.facts import StatedFacts, stated_facts
from nlu.answers.injury import names_injury
from nlu.answers.safety import Safety, read_safety

__all__ = [
    "About", "Agreement", "Safety", "StatedFacts", "admits_harm", "names_injury", "read_about", "read_agreement",
    "read_exit", "read_language", "read_safety", "speaks_of_dying", "stated_facts", "tells_attempt",
]  # fmt: skip
