"""Wire protocols, recordings, the simulated monitor and the gateway; no web framework."""
