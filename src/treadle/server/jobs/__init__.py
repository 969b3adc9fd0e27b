"""Jobs: requests to run gears, the queue that hands them to engines, and what comes back."""
