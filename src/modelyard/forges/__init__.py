"""Forges: the part of GitHub and GitLab that opens requests and tells how a branch is protected."""
