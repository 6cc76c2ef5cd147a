"""Rules that judge a patient's fitness to start, to go on and to go home."""
