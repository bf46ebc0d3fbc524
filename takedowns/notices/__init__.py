"""What people are told: what changed on what they handed in, by page and by mail, and messages to all in an operation."""
