"""Recall and false alarms of the lookalike analysis."""
