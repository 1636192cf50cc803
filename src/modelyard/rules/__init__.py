"""The gate: small pure functions from a registry to problems, in one explicit table.

The table is :data:`modelyard.rules.catalogue.RULES`; :mod:`modelyard.rules.engine` runs it.
"""
