"""`python -m analysis` is `coprod`."""

from analysis.cli import main

if __name__ == "__main__":
    main()
