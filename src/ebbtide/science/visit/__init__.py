"""The visit record: events, the reducer that reads them, the protocol, the chain."""
