"""Monitor feeds and the samples they bring."""
