"""Names that lead somewhere else than meant."""
