"""The pages of docs/reference that are generated, one module each."""
