"""Approved protocols, plans of care and signed orders."""
