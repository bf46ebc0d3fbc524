"""The version of the rules. Raise it with every change that alters the outcome for any address."""

RULES_VERSION = 3
