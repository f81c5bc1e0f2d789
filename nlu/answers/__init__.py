"""Reads what a person types where a button was meant; Vietnamese, teencode and English, no model, no state."""

from nlu.answers.about import About, read_about
from nlu.answers.admission import admits_harm, hurt_another_child
from nlu.answers.agreement import Agreement, read_agreement
from nlu.answers.appointment import Appointment, read_appointment
from nlu.answers.dying import speaks_of_dying, tells_attempt
from nlu.answers.exits import read_exit, read_language
from nlu.answers.facts import StatedFacts, stated_facts
from nlu.answers.injury import names_injury
from nlu.answers.leaving import read_leaving_out
from nlu.answers.probes import Probe, read_probe
from nlu.answers.safety import Safety, read_safety
from nlu.answers.wishes import Wish, read_wish

__all__ = [
    "About", "Agreement", "Appointment", "Probe", "Safety", "StatedFacts", "Wish", "admits_harm", "hurt_another_child",
    "names_injury", "read_about", "read_agreement", "read_appointment", "read_exit", "read_language",
    "read_leaving_out", "read_probe", "read_safety", "read_wish", "speaks_of_dying", "stated_facts", "tells_attempt",
]  # fmt: skip
