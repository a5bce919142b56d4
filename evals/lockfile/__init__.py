"""What `forecheck lockfile lint` catches and leaves alone: attacks made from clean lockfiles, and real files."""
