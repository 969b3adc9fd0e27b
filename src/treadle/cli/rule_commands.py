"""`treadle rule`: gears that start by themselves (gears.md 9), of a project or, as templates, of the site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.connect import confirm, locate, segment
from treadle.cli.options import ConfigOption, YesOption, read_config
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

rule = typer.Typer(help="Gears that start by themselves.", no_args_is_help=True)

SITE = "site"
PlaceArgument = Annotated[
    str,
    typer.Argument(metavar="PROJECT", help="Id or path; `site`: the rules that new projects begin with."),
]
ProjectArgument = Annotated[str, typer.Argument(metavar="PROJECT", help="Id or path.")]
RuleArgument = Annotated[str, typer.Argument(metavar="RULE", help="The rule's name or id.")]
ConditionsOption = list[str] | None

_COLUMNS = ("_id", "name", "state", "gear_id", "priority", "all", "any", "not")
_MATCH_COLUMNS = ("container_type", "container_id", "name", "version", "job_id", "reason")
_HISTORY_COLUMNS = ("at", "outcome", "file_name", "job_id", "reason")
_LISTS = ("all", "any", "not")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(rule, name="rule")


@remote(rule, "list")
def listed(client: Client, out: Output, project: PlaceArgument) -> None:
    """List the rules of a project."""
    rules = client.get(_rules(client, project))
    out.show_all(rules if out.json_lines else map(_row, rules), columns=_COLUMNS)


@remote(rule, "show")
def show(client: Client, out: Output, project: PlaceArgument, rule: RuleArgument) -> None:
    """Show a rule."""
    found = _find(client, _rules(client, project), rule)
    out.show(found if out.json_lines else {**found, **_row(found)})


@remote(rule, "add")
def add(
    client: Client,
    out: Output,
    project: PlaceArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the rule is called.")],
    gear: Annotated[str, typer.Argument(metavar="GEAR", help="NAME, NAME/VERSION or an id.")],
    all_of: Annotated[
        ConditionsOption,
        typer.Option("--all", metavar="TYPE=VALUE", help="Must hold; TYPE~=VALUE: a regular expression."),
    ] = None,
    any_of: Annotated[
        ConditionsOption, typer.Option("--any", metavar="TYPE=VALUE", help="One of these must hold.")
    ] = None,
    none_of: Annotated[
        ConditionsOption, typer.Option("--not", metavar="TYPE=VALUE", help="Must not hold.")
    ] = None,
    config: ConfigOption = None,
    role: Annotated[
        str | None, typer.Option(metavar="ID", help="The role that a gear with an API key acts with.")
    ] = None,
    trigger: Annotated[
        str | None, typer.Option(metavar="INPUT", help="The input that the file goes to, if there are more.")
    ] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag", help="A tag for the jobs; repeatable.")] = None,
    priority: Annotated[str, typer.Option(help="low, medium, high or critical.")] = "medium",
    auto_update: Annotated[
        bool, typer.Option("--auto-update", help="Move to newer versions of the gear.")
    ] = False,
    disabled: Annotated[bool, typer.Option("--disabled", help="Do not switch it on yet.")] = False,
) -> None:
    """Add a rule; conditions may be given more than once each. Nothing starts for files that match already."""
    from treadle.cli.gear_server import find_gear

    conditions = dict(zip(_LISTS, (all_of, any_of, none_of), strict=True))
    body = {
        "name": name,
        "gear_id": find_gear(client, gear)["_id"],
        **{kind: [_condition(one) for one in given or ()] for kind, given in conditions.items()},
        "config": read_config(config),
        "role_id": role,
        "triggering_input": trigger,
        "tags": tags or [],
        "priority": priority,
        "auto_update": auto_update,
        "disabled": disabled,
    }
    made = client.post(_rules(client, project), body)
    out.show(made, f"{made['_id']} {_state(made)}")


@remote(rule, "remove")
def remove(
    client: Client, out: Output, project: PlaceArgument, rule: RuleArgument, yes: YesOption = False
) -> None:
    """Remove a rule with its history; what it started stays."""
    rules = _rules(client, project)
    found = _find(client, rules, rule)
    confirm(f"Remove the rule '{found['name']}' with its history?", sure=yes)
    out.show(client.delete(f"{rules}/{found['_id']}"), f"removed '{found['name']}'")


@remote(rule, "enable")
def enable(client: Client, out: Output, project: PlaceArgument, rule: RuleArgument) -> None:
    """Switch a rule on, for what happens from now on."""
    _switch(client, out, project, rule, disabled=False)


@remote(rule, "disable")
def disable(client: Client, out: Output, project: PlaceArgument, rule: RuleArgument) -> None:
    """Switch a rule off; what it started goes on."""
    _switch(client, out, project, rule, disabled=True)


@remote(rule, "test")
def test(client: Client, out: Output, project: ProjectArgument, rule: RuleArgument) -> None:
    """Show the files that match now, and why nothing could be started for one; nothing starts."""
    _run(client, out, project, rule, dry=True)


@remote(rule, "apply")
def apply(client: Client, out: Output, project: ProjectArgument, rule: RuleArgument) -> None:
    """Start a rule's gear on the files that match already, once for each time this is called."""
    _run(client, out, project, rule, dry=False)


@remote(rule, "history")
def history(
    client: Client,
    out: Output,
    project: ProjectArgument,
    rule: RuleArgument,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many lines at most.")] = 100,
) -> None:
    """Show what came of a rule, the newest first: a job, or why there was none."""
    rules = _rules_of(locate(client, project, level="project"))
    found = _find(client, rules, rule)
    lines = client.get(f"{rules}/{found['_id']}/firings", limit=limit)
    out.show_all(lines, columns=_HISTORY_COLUMNS)


def _rules(client: Client, place: str) -> str:
    return "/site/rules" if place == SITE else _rules_of(locate(client, place, level="project"))


def _rules_of(project: dict[str, Any]) -> str:
    return f"/projects/{project['_id']}/rules"


def _find(client: Client, rules: str, name: str) -> dict[str, Any]:
    from treadle.cli.client import ClientError

    found = [one for one in client.get(rules) if name in (one["_id"], one["name"])]
    if len(found) != 1:
        said = (
            f"{len(found)} rules are called '{name}'; take the id" if found else f"there is no rule '{name}'"
        )
        raise ClientError(said)
    return dict(found[0])


def _switch(client: Client, out: Output, project: str, rule: str, *, disabled: bool) -> None:
    rules = _rules(client, project)
    found = _find(client, rules, rule)
    done = client.put(f"{rules}/{segment(found['_id'])}", {"disabled": disabled})
    out.show(done, f"'{done['name']}' is {_state(done)}")


def _run(client: Client, out: Output, project: str, rule: str, *, dry: bool) -> None:
    rules = _rules_of(locate(client, project, level="project"))
    found = _find(client, rules, rule)
    seen: Counter[str] = Counter()

    def counted() -> Iterator[dict[str, Any]]:
        for one in client.pieces(f"{rules}/{found['_id']}/run", dry=dry):
            seen["matching"] += 1
            seen["fit" if dry else "started"] += one["reason"] is None
            yield one

    out.show_all(counted(), columns=_MATCH_COLUMNS)
    if not out.json_lines:
        typer.echo(
            " ".join(f"{name}={seen[name]}" for name in ("matching", "fit" if dry else "started")), err=True
        )


def _condition(text: str) -> dict[str, Any]:
    kind, sign, value = text.partition("=")
    if not sign or not value:
        raise typer.BadParameter(f"'{text}' is no condition; write TYPE=VALUE, such as file.type=dicom")
    return {"type": kind.removesuffix("~"), "value": value, "regex": kind.endswith("~")}


def _written(one: dict[str, Any]) -> str:
    return f"{one['type']}{'~=' if one['regex'] else '='}{one['value']}"


def _state(one: dict[str, Any]) -> str:
    return "disabled" if one["disabled"] else "enabled"


def _row(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "_id": one["_id"],
        "name": one["name"],
        "state": _state(one),
        "gear_id": one["gear_id"],
        "priority": one["priority"],
        **{name: [_written(each) for each in one[name]] for name in _LISTS},
    }
