"""What the pages read, each a fixed number of SQL statements. Rules live in the apps below."""
