"""Populations: many virtual patients given the same, summed up as they stream past."""
