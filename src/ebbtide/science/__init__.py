"""Pure functions and frozen values: no framework, no clock, no input or output."""
