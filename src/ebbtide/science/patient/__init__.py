"""A virtual patient: what a body does while ketamine runs in."""
