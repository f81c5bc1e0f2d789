"""Training and serving open-source Rasa on our data, in an environment of its own. Nothing here imports Rasa."""
