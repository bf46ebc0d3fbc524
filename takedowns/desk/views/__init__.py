"""The pages of a platform's desk."""
