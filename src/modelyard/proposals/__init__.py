"""From edits to a repository: its work tree, or a commit on a branch of its own."""
