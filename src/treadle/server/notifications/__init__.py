"""What concerns a person: their jobs that failed, what others let them into (README.md)."""
