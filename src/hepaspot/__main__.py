"""``python -m hepaspot``."""

from hepaspot.cli import main

if __name__ == "__main__":
    main()
