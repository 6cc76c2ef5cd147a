"""Vital signs: what was measured, and whether a number is a value at all."""
