"""``takedowns COMMAND`` and ``python -m takedowns COMMAND``."""

from takedowns.operating.console import main

if __name__ == "__main__":
    main()
