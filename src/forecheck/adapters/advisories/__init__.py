"""The advisory database on disk: how it is made, kept up to date and asked."""
