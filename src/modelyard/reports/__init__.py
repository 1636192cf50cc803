"""What people and programs get to read: each module renders to a string and prints nothing."""
