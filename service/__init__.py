"""The service: a REST API over the library, with plans as versions, on SQLite or PostgreSQL."""
