"""What the demo is made of: the people and their desks, the terminal, the data, the files they bring."""
