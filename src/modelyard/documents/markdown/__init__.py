"""Markdown, as far as a gate must understand it: what is heading, code, table, link and HTML, and where.

The structure is CommonMark's with the tables of GitHub. Nothing is rendered. Each pass takes time in proportion to the
text, whatever the text is: cards come from strangers.
"""
