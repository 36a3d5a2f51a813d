"""python -m memdb: the command line, as `memdb`."""

from memdb.cli import main

if __name__ == "__main__":
    main()
