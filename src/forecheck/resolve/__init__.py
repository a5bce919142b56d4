"""What would be installed, as a Plan."""
