"""What whoever runs an installation needs: the worker, health, jobs, metrics, and a doctor that looks over all of it."""
