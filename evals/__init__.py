"""Evaluations on corpora; each prints its numbers and commits them."""
