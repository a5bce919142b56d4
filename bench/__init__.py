"""Speed beside npq and bare npm, on this machine: `python -m bench`."""
