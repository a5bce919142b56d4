"""What a change of a lockfile does that a reviewer should not overlook."""
