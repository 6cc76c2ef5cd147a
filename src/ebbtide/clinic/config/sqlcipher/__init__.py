"""Django database backend: SQLite as SQLCipher ships it, encrypted, one writer at a time."""
