"""Signatures that registries put on what they serve: keys, what changed about them, and whether one holds (pure)."""
