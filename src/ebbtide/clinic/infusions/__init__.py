"""One infusion, from check-in to signed record."""
