"""The database's history, one step a file, the same on SQLite and PostgreSQL."""
