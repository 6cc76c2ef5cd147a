"""Ebbtide: software for outpatient ketamine infusion clinics."""
