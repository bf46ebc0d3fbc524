"""What every page is made of: who may open it, form fields, marks, how times and numbers are written, static files."""
