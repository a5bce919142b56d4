"""Opinions: one file per check, one folder per category."""
