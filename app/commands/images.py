"""``signal-lab images``: the lab's own images, listed and built."""

from __future__ import annotations

import json
from typing import Annotated, Any

import anyio
import typer

from app.commands.common import Failed
from app.commands.completing import images as ours

LIST_EXAMPLES = """
Examples:\n
\b
  signal-lab images list
  signal-lab images list --json
"""
BUILD_EXAMPLES = """
Examples:\n
\b
  signal-lab images build                 all that are not built yet
  signal-lab images build base httpd
"""
images_app = typer.Typer(no_args_is_help=True, help="The lab's own images: list them, build them.")


@images_app.command("list", epilog=LIST_EXAMPLES)
def list_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Every image that lessons use, its tag, and whether the engine has it."""
    from app.hosts.container.images import all_images, has_image, tag_of
    from app.hosts.engine.cleaning import any_engine

    client = any_engine()
    try:
        rows = [{"name": name, "tag": tag_of(name), "built": has_image(client, tag_of(name))} for name in all_images()]
    finally:
        client.close()
    if as_json:
        typer.echo(json.dumps({"images": rows}, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['name']:16} {row['tag']:40} {'built' if row['built'] else 'not built yet'}")


@images_app.command("build", epilog=BUILD_EXAMPLES)
def build_command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names; all of them when absent.", autocompletion=ours)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON at the end; the log goes to stderr.")] = False,
) -> None:
    """Build what is not built yet.  A tag holds a hash of its folder, so what has not changed is not built again."""
    from app.hosts.container.images import all_images, is_ours

    wanted = names or all_images()
    if unknown := [name for name in wanted if not is_ours(name)]:
        raise Failed(f"there is no image {', '.join(unknown)}", f"There are: {', '.join(all_images())}.")
    built = anyio.run(_build, wanted)
    if as_json:
        typer.echo(json.dumps({"images": built}, indent=2))
    for row in built:
        if not as_json:
            typer.echo(f"{row['tag']}{': ' + row['error'] if row['error'] else ''}")
    if any(row["error"] for row in built):
        raise typer.Exit(1)


async def _build(names: list[str]) -> list[dict[str, Any]]:
    from app.errors import LabError
    from app.events import AnyEvent
    from app.hosts.container.images import Images, lineage, tag_of
    from app.hosts.engine.engine import Engine
    from app.jobs import running_jobs

    async def say(event: AnyEvent, /) -> int:
        if event.kind == "build_progress" and event.text.strip():
            typer.echo(event.text.rstrip(), err=True)
        return 0

    rows: list[dict[str, Any]] = []
    async with Engine(say, lab="images") as engine:
        await engine.ready(2.0)
        async with running_jobs() as tasks:
            images = Images(engine, say, tasks)
            for name in names:
                row: dict[str, Any] = {"name": name, "tag": tag_of(name), "error": None, "package": None}
                try:
                    await images.ensure(name)
                except LabError as error:
                    row["error"] = str(error)
                    failed = filter(None, map(images.builds.failed, (name, *lineage(name))))
                    row["package"] = next(filter(None, (build.package for build in failed)), None)
                rows.append(row)
    return rows
