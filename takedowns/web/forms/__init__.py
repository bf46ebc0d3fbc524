"""What the pages take from people."""
