"""From tables to what the API says of them."""
