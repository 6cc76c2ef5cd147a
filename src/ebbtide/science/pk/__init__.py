"""Pharmacokinetics: how much ketamine is where, in closed form."""
