"""The second person's decision: the queue, approving, rejecting, correcting."""
