"""Who comes when, to which chair."""
