"""What follows where a platform stays silent: reminders, and the suggestion of a removal order."""
