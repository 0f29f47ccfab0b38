"""The rj command."""

from __future__ import annotations

import json
import os
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from rj_engine import settings
from rj_engine.errors import Finding, RjError
from rj_engine.settings import Settings

EXIT_FINDINGS = 1
EXIT_UNUSABLE = 2


@dataclass(frozen=True)
class Place:
    """Where keys and data are: the instance folder, and a database URL if one was given."""

    folder: Path
    database: str | None

    def settings(self, database: str | None = None) -> Settings:
        """The settings in force there."""
        given = database or self.database
        environment = {**os.environ, **({"RJ_DATABASE_URL": given} if given else {})}
        return settings.for_instance(self.folder, environment)


@click.group()
@click.option("--instance", "folder", default="instance", help="Folder for keys and the SQLite file.")
@click.option("--database", default=None, help="Database URL; else RJ_DATABASE_URL, else SQLite in the folder.")
@click.pass_context
def main(context: click.Context, folder: str, database: str | None) -> None:
    """Restorative justice cases on diagrams that the service edits."""
    context.obj = Place(Path(folder), database)


def _app(context: click.Context, database: str | None = None) -> Any:
    from rj_engine.web import create_app

    return create_app(context.obj.settings(database))


@main.command()
@click.option("--port", default=5000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; more than one wants PostgreSQL.")
@click.option("--threads", default=8, show_default=True)
@click.option("--database", default=None, help="Database URL.")
@click.option("--scheduler/--no-scheduler", default=True, help="Run timers and outbox in this process too.")
@click.pass_context
def serve(
    context: click.Context, port: int, host: str, workers: int, threads: int, database: str | None, scheduler: bool
) -> None:
    """Serve the product."""
    from rj_engine.web import server

    server.serve(
        context.obj.settings(database),
        bind=f"{host}:{port}",
        workers=workers,
        threads=threads,
        with_scheduler=scheduler,
    )


@main.command()
@click.pass_context
def worker(context: click.Context) -> None:
    """Run the scheduler and the outbox alone, until interrupted."""
    import signal

    from rj_engine.workflows import scheduler
    from rj_engine.workflows.post import mail, outbox

    known = context.obj.settings()
    ready, post = _app(context).app_context, outbox.Folder(Path(known.outgoing_folder))
    running = scheduler.start(ready, post, mail=mail.of(known), digest_hour=known.digest_hour)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    running.shutdown()


@main.group()
def db() -> None:
    """The database."""


@db.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the database to the newest shape."""
    from rj_engine import migrations
    from rj_engine.database import db as database

    with _app(context).app_context():
        migrations.upgrade(database.engine)
    click.echo("The database has the newest shape.")


@main.command("import-pathways")
@click.pass_context
def import_pathways(context: click.Context) -> None:
    """Publish the pathways that ship with the product, where they are new."""
    from rj_engine.people.joining import operator
    from rj_engine.workflows.published import publishing

    with _app(context).app_context():
        for told in publishing.import_pathways(operator()):
            click.echo(f"{told['pathway']}: version {told['number']}" + (" (new)" if told["new"] else ""))


@main.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """Load the demonstration: two services, their people, about forty invented cases."""
    from rj_engine.demonstration import setting_up

    with _app(context).app_context():
        password = setting_up.load(context.obj.folder)
        click.echo(setting_up.sign_ins(password))


@main.command("import-establishments")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--service", required=True, help="Code of the service whose register it is, such as KM.")
@click.pass_context
def import_establishments(context: click.Context, file: Path, service: str) -> None:
    """Take a register of places from FILE.csv for one service: all of it, or nothing."""
    from rj_engine.commands import dispatch
    from rj_engine.people.joining import operator
    from rj_engine.prisons import registering

    try:
        rows = registering.read_file(file.read_bytes())
    except registering.FileRefused as refused:
        for finding in refused.findings:
            where = f"line {finding.line}" + (f" {finding.element}" if finding.element else "")
            click.echo(f"{where}: {finding.message}", err=True)
        raise
    with _app(context).app_context():
        command = registering.ImportPlaces(command_id=uuid.uuid4(), by=operator(), rows=rows, service_code=service)
        told = dispatch(command)
    click.echo(f"{told['service']}: {told['rows']} rows read, {told['changed']} places recorded anew.")


@main.group()
def user() -> None:
    """Staff."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--team", default=None, help="Name of the team; needed where there is more than one.")
@click.password_option()
@click.pass_context
def add_user(
    context: click.Context, email: str, name: str, roles: tuple[str, ...], team: str | None, password: str
) -> None:
    """Add a member of staff who can sign in with EMAIL."""
    from rj_engine.people import joining

    with _app(context).app_context():
        joining.add_from_outside(email=email, name=name, roles=roles, team=team, password=password)
    click.echo(f"{name} can sign in as {email}.")


@user.command("password")
@click.argument("email")
@click.password_option()
@click.pass_context
def give_password(context: click.Context, email: str, password: str) -> None:
    """Give somebody who has lost theirs a new password; every sign-in and token of theirs ends."""
    from rj_engine.commands import dispatch
    from rj_engine.database import db as database
    from rj_engine.people import changing, passwords
    from rj_engine.people.competence import NoSuchPerson
    from rj_engine.people.joining import operator
    from rj_engine.people.staff import by_email

    with _app(context).app_context():
        person = by_email(database.session(), email)
        if person is None:
            raise NoSuchPerson
        hashed = passwords.hashed(password, frozenset(map(str, person.roles)))
        dispatch(
            changing.GivePassword(command_id=uuid.uuid4(), by=operator(), staff_id=person.id, password_hash=hashed)
        )
    click.echo(f"{person.name} signs in with the new password from now on.")


@main.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.argument("email")
@click.pass_context
def create_token(context: click.Context, email: str) -> None:
    """Print an API token for EMAIL, this once."""
    from rj_engine.commands import dispatch
    from rj_engine.database import db as database
    from rj_engine.people import sign_in, staff

    with _app(context).app_context():
        person = staff.by_email(database.session(), email)
        if person is None:
            raise click.ClickException(f"Nobody signs in as {email}.")
        secret, hashed = sign_in.new_secret()
        by = staff.actor_of(person)
        dispatch(sign_in.CreateToken(command_id=uuid.uuid4(), by=by, secret_hash=hashed))
    click.echo(secret)


def _print_findings(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=1))
        return
    for finding in findings:
        place = f" [{finding.element}]" if finding.element else ""
        click.echo(f"{finding.severity}: {finding.message}{place} ({finding.code})")


@main.command("check-pathway")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def check_pathway(files: tuple[Path, ...], as_json: bool) -> None:
    """Check diagrams and decisions as publishing does, and prove the pathways they are part of."""
    from rj_engine.workflows.proof import pathways
    from rj_engine.workflows.published import checking

    texts = {path.name: path.read_bytes() for path in files}
    findings, unproved = checking.check(texts), list[str]()
    if not any(finding.severity == "error" for finding in findings):
        proved, unproved = pathways.check(texts)
        findings += proved
    _print_findings(findings, as_json=as_json)
    for words in unproved:
        click.echo(f"Not proved: {words}", err=as_json)
    if not as_json and not findings and not unproved:
        click.echo("Nothing found.")
    sys.exit(EXIT_FINDINGS if findings else 0)


@main.command()
@click.argument("names", nargs=-1, metavar="[PATHWAY] …")
@click.option("--json", "as_json", is_flag=True)
def prove(names: tuple[str, ...], as_json: bool) -> None:
    """Prove that no path of the shipped pathways, or of those named, breaks a safety invariant."""
    from rj_engine.workflows.proof import pathways, telling

    shipped = pathways.shipped()
    if unknown := sorted(set(names) - {one.pathway for one in shipped}):
        raise click.UsageError(f"There is no pathway “{unknown[0]}”.")
    proofs = []
    for proof in pathways.prove_all(shipped, names):
        proofs.append(proof)
        if not as_json:
            click.echo(telling.told(proof))
    if as_json:
        click.echo(json.dumps([proof.as_json() for proof in proofs], ensure_ascii=False, indent=1))
    sys.exit(EXIT_FINDINGS if any(proof.broken for proof in proofs) else 0)


@main.command()
@click.argument("expression")
@click.option("--context", "context_json", default="{}", help="JSON object.")
def feel(expression: str, context_json: str) -> None:
    """Evaluate a FEEL expression and print its value as JSON."""
    from rj_engine import feel as language

    result = language.compile_expression(expression).explain(json.loads(context_json))
    click.echo(json.dumps(language.to_json(result.value), ensure_ascii=False))
    for warning in result.warnings:
        click.echo(f"warning: {warning.message}", err=True)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decision", required=False)
@click.option("--context", "context_json", default="{}", help="JSON object.")
def decide(file: Path, decision: str | None, context_json: str) -> None:
    """Take a decision of FILE; prints the result and the rows that fired."""
    from rj_engine import dmn

    model = dmn.load(file.read_bytes())
    name = decision or model.decisions[-1].id
    decided = model.decide(name, json.loads(context_json))
    click.echo(json.dumps(decided.as_json(), ensure_ascii=False, indent=1))


@main.command("dmn-tck")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def dmn_tck(folder: Path, as_json: bool) -> None:
    """Run a folder of DMN conformance cases."""
    from rj_engine.dmn import tck

    sys.exit(tck.main(folder, as_json))


@main.command("verify-ledger")
@click.pass_context
def verify_ledger(context: click.Context) -> None:
    """Recompute every chain of the ledger."""
    from rj_engine import ledger
    from rj_engine.database import db as database

    with _app(context).app_context():
        count = ledger.verify(database.session())
    click.echo(f"The ledger is whole: {count} entries.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Write a backup of everything to FILE while people go on working; the data keys are not in it."""
    from rj_engine import backups
    from rj_engine.database import db as database

    with _app(context).app_context():
        count = backups.back_up(database.engine, file)
    click.echo(f"{file}: {count} rows. Keep the data keys too, in another place: without them it tells nothing.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def restore(context: click.Context, file: Path) -> None:
    """Restore FILE into an empty database; timers and post stand still until rj resume."""
    from rj_engine import backups
    from rj_engine.database import db as database

    with _app(context).app_context():
        count = backups.restore(database.engine, file)
    click.echo(f"{count} rows are back and the ledger is whole. Look around, then let timers and post go on: rj resume")


@main.command()
@click.pass_context
def resume(context: click.Context) -> None:
    """Let timers fire and post leave again after a restore."""
    from rj_engine.commands import dispatch
    from rj_engine.people.joining import operator
    from rj_engine.workflows.timed.resuming import ResumeAfterRestore

    with _app(context).app_context():
        dispatch(ResumeAfterRestore(command_id=uuid.uuid4(), by=operator()))
    click.echo("Timers fire and post leaves again.")


@main.command("rebuild-inbox")
@click.option("--compare", "only_compare", is_flag=True, help="Only say where they differ.")
@click.pass_context
def rebuild_inbox(context: click.Context, only_compare: bool) -> None:
    """Make the inbox agree with the engine."""
    from rj_engine.database import db as database
    from rj_engine.workflows import rebuild

    with _app(context).app_context():
        if only_compare:
            found = rebuild.compare(database.session())
            click.echo(f"{len(found.missing)} missing, {len(found.surplus)} surplus")
            sys.exit(EXIT_FINDINGS if found else 0)
        for told in rebuild.rebuild_all():
            click.echo(f"{told['service']}: {told['missing']} were missing, {told['surplus']} were too many")


@main.command("rebuild-search")
@click.pass_context
def rebuild_search(context: click.Context) -> None:
    """Make anew what people and cases are found by."""
    from rj_engine.cases import found_by

    with _app(context).app_context():
        click.echo(f"{found_by.rebuild()} people and records can be found.")


def run() -> None:
    """Run the command; our own errors are told in one sentence."""
    try:
        main(standalone_mode=True)
    except RjError as error:
        click.echo(f"rj: {error.sentence}", err=True)
        sys.exit(EXIT_UNUSABLE)
