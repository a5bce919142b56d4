"""Typed facts: one file per fact, with the source that collects it."""
