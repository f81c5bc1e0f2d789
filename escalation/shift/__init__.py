"""The shift: who takes whom, how much each one carries, handing over, listening in, and what the board shows."""
