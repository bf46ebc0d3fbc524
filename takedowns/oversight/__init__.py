"""Who looked, for those who answer for it: coordinators, auditors, and everybody about themselves."""
