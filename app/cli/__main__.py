"""``python -m app.cli`` is ``scim-bridge``."""

from app.cli import main

main(prog_name="scim-bridge")
