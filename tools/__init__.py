"""Makers of the generated files in the package; each is run as `python tools/NAME.py`."""
