"""`python -m quantdesk.cli`: the `quantdesk` command."""

from quantdesk.cli.main import main

main(prog_name="quantdesk")
