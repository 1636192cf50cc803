"""The only package that talks to Git: plumbing reads, and writes to refs and remotes."""
