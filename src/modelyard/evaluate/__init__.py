"""Figures: what a metric proves, and whether it keeps the bound of a gate. Pure functions."""
