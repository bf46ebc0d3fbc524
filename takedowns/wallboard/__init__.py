"""The dashboard's form for the wall, and the links that show it without signing in."""
