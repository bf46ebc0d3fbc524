"""What this project needs of PostgreSQL: the embedded server, two roles, and a few functions and types."""
