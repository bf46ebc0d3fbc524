"""Evidence: files that officers attach, who opened them, and what was taken back."""
