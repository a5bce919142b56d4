"""Whether the source a release links to is there, and is its own."""
