"""The index: what was found once, kept beside ``.git`` so that it is not found twice.

It is a cache and nothing else. Without it, with a broken one, and where it cannot be read or written,
everything is the same and only takes longer; nobody is told, and anybody may delete it at any time.

It keeps what is a function of its key, each kind in a module of its own: verdicts, events, which trees folders
were, and answers. A commit's id names all that the commit holds and all that came before it; so does a tree's for
what lies in it. What has code of ours in it is kept under the very code as well (:mod:`modelyard.fingerprints`).

A pull request cannot poison it. It lies in the directory of the repository itself, which no commit and
no push writes to, and an id cannot be claimed by other content. Who can write there can replace
``HEAD`` and hooks as well. A row that was damaged by accident fails its checksum and is not believed.
"""
