"""Data of which the truth is known, and how often each method errs on them."""
