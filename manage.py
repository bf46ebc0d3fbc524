#!/usr/bin/env python
"""Run a management command: ``python manage.py help`` lists them."""

import sys


def main() -> None:
    from takedowns.operating.console import run  # noqa: PLC0415

    run(sys.argv)


if __name__ == "__main__":
    main()
