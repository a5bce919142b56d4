"""What a package may run or put in the way when it is installed."""
