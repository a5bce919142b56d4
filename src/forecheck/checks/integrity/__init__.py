"""Whether the bytes that would arrive are the ones the registry stands for."""
