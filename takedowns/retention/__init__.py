"""What is kept how long: each app declares its classes of data; one list of them, one job by night."""
