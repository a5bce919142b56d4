"""Names that a public and a private registry could both answer for."""
