"""What advisory databases hold against a release."""
