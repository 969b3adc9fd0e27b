"""The vault of re-identification: what a run adds to it, and `treadle deid vault`, the custodian's side."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.options import JsonOption

if TYPE_CHECKING:
    from treadle.cli.deid_people import Vault

vault = typer.Typer(help="Vault of re-identification: keys, reading, changing the key.", no_args_is_help=True)

VaultArgument = Annotated[
    Path, typer.Argument(metavar="VAULT", exists=True, dir_okay=False, help="File of sealed rows.")
]
KeyOption = Annotated[
    Path,
    typer.Option("--key", metavar="PEM", exists=True, dir_okay=False, help="The custodian's private key."),
]


def vault_to(path: Path | None, key: Path | None) -> Vault | None:
    """The vault that `--vault` and `--vault-key` name; None without them."""
    from treadle.cli.deid_people import Vault
    from treadle.deid.vault import VaultError

    if path is None and key is None:
        return None
    if path is None or key is None:
        raise typer.BadParameter("--vault and --vault-key go together", param_hint="--vault")
    try:
        return Vault(path, key.read_bytes())
    except VaultError as error:
        raise typer.BadParameter(str(error), param_hint="--vault-key") from None


@vault.command("key")
def new_key(
    private: Annotated[Path, typer.Argument(metavar="PRIVATE", help="New file for the private key.")],
    public: Annotated[Path, typer.Argument(metavar="PUBLIC", help="New file for the public key.")],
) -> None:
    """Make a pair of keys: the public one for whoever de-identifies, the private one for the custodian alone."""
    from treadle.cli.deid_people import write_private
    from treadle.deid import vault as sealing

    secret, shown = sealing.new_key()
    for path, text in ((private, secret), (public, shown)):
        try:
            write_private(path, text)
        except FileExistsError:
            raise typer.BadParameter(f"{path} exists") from None
    public.chmod(0o644)
    print(f"key {sealing.name_of(sealing.public_key(shown))}")


@vault.command("open")
def open_vault(
    file: VaultArgument,
    key: KeyOption,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="CODE", help="Rows of one code only.")
    ] = None,
    json_lines: JsonOption = False,
) -> None:
    """Print who the codes are. Rows sealed to another key are left out."""
    from treadle.cli.deid_people import rows
    from treadle.cli.output import show_all
    from treadle.deid.vault import VaultError

    try:
        found = [asdict(link) for link in rows(file, key.read_bytes()) if subject in {None, link.subject}]
    except VaultError as error:
        raise typer.BadParameter(str(error)) from None
    columns = ("subject", "patient_id", "name", "birth_date", "study", "new_study", "days")
    show_all(found, columns=columns, json_lines=json_lines)


@vault.command("rekey")
def rekey(
    file: VaultArgument,
    key: KeyOption,
    to: Annotated[
        Path, typer.Option("--to", metavar="PEM", exists=True, dir_okay=False, help="The new public key.")
    ],
) -> None:
    """Seal the rows that a key opens to a new key; rows of other keys stay as they are."""
    from treadle.cli.deid_people import reseal
    from treadle.deid.vault import VaultError

    try:
        count = reseal(file, key.read_bytes(), to.read_bytes())
    except VaultError as error:
        raise typer.BadParameter(str(error)) from None
    print(f"{count} rows sealed anew")
