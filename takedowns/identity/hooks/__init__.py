"""Rules that need code: one module for each platform that data alone cannot describe."""
