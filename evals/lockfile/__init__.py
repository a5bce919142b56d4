"""What `forecheck lockfile lint` catches and what it leaves alone: attacks made from clean lockfiles, and real files."""
