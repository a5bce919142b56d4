"""forecheck: is what I am about to install safe? The whole tree, before anything lands."""

__version__ = "0.1.0"
