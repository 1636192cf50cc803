"""Other servers: what they know, and how it comes into the registry."""
