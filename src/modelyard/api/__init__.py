"""What a program can do with a registry: each command of the command line as a function."""
