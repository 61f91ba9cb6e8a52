"""`python -m mrpn` is the command `mrpn`."""

from mrpn.cli.main import main

if __name__ == "__main__":
    main()
