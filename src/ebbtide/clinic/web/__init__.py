"""The design system and the shell that every page wears."""
