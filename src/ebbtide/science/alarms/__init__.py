"""Alarms over samples: a second display. The bedside monitor's own alarms come first."""
