"""Applications: they name the models that they need, lock them, and have them in place."""
