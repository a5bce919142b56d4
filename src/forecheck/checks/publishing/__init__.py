"""Who published a release, and whether that is who always did."""
