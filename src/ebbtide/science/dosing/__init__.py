"""Dosing arithmetic and its limits: weight, pump sheet, rate, bolus, early stop."""
