"""Who acts: known to querysets, services and row-level security alike."""
