"""Which installation this is: the one that people work with, or a copy of it, which calls and mails nobody."""
