"""What was published of an operation: the register, its words and forms. How figures are cut down for it: ``publication/``."""
