"""What this project needs of PostgreSQL: the embedded server, the roles, and a few functions and types."""
