"""What people do to a registry, as pure functions: a snapshot and a request give edits."""
