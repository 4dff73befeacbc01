"""``scim-bridge``: every command, and the two things they share: the configuration and the way to print."""

from __future__ import annotations

import click

from app.cli import audit, catalogue, demo, mappings, operate, plan, retry, serve, tokens, vendors
from app.cli.context import Context, pass_context

__all__ = ["main", "pass_context"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "path",
    envvar="SCIM_BRIDGE_CONFIG",
    default="bridge.toml",
    show_default=True,
    type=click.Path(dir_okay=False),
    help="The configuration file; also taken from SCIM_BRIDGE_CONFIG.",
)
@click.version_option(package_name="scim-bridge", prog_name="scim-bridge")
@click.pass_context
def main(context: click.Context, path: str) -> None:
    """Receive Users and Groups over SCIM 2.0 and make products that do not speak SCIM follow.

    Start with 'scim-bridge demo': it needs no configuration, no account and no network.
    """
    context.obj = Context(path)


for command in (
    demo.demo,
    serve.serve,
    serve.worker,
    operate.check,
    catalogue.catalogue,
    plan.plan,
    audit.status,
    audit.events,
    retry.retry,
    tokens.token,
    mappings.mappings,
    vendors.sandbox,
    operate.db,
):
    main.add_command(command)
