"""Each command: takes its arguments, calls one function, prints.

Nothing heavy is imported up here, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from hepaspot.cli.options import Audience, Format, Language, SettingName

EXIT_CODES = """\b
Exit codes:
0  every report was read
1  a fault of hepaspot itself
2  a wrong command line
3  a file that cannot be used: empty, damaged, protected, a scan
4  no such file
5  a file that is too large
6  a wrong row of knowledge
7  the answer cannot be written
With several files, the code is that of the first that failed."""

app = typer.Typer(
    name="hepaspot",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes would double the time to the first line of help
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from hepaspot import __version__

        typer.echo(f"hepaspot {__version__}")
        raise typer.Exit


@app.callback()
def hepaspot(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Tell harmless liver calcification from intrahepatic duct stone.

    Reads liver ultrasound reports in English or Chinese, and ultrasound pictures.
    Decision support and research software, not a medical device.
    """


@app.command(epilog=EXIT_CODES, short_help="Read an exam and say what each bright spot is.")
def read(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Reports (text, PDF, .docx; - for standard input), pictures (DICOM, PNG, "
            "JPEG, TIFF, WebP), clips (MP4, AVI, MOV), or the folder of an exam.",
        ),
    ],
    setting: Annotated[
        SettingName | None,
        typer.Option(help="Why the person was examined; without it, both are allowed for."),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(help="Where: east_asia, south_east_asia or elsewhere."),
    ] = None,
    audience: Annotated[
        Audience, typer.Option(help="Whom the answer is for.")
    ] = Audience.CLINICIAN,
    language: Annotated[
        Language | None, typer.Option(help="Language of the answer; without it, the report's.")
    ] = None,
    format: Annotated[
        Format, typer.Option("--format", "-f", help="JSON is one line a report.")
    ] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file, or a folder for several reports."),
    ] = None,
    depth_cm: Annotated[
        float | None,
        typer.Option(help="Depth of pictures without a scale: from the probe to the lower end."),
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(help="A folder to write the pictures into, with what was found drawn in."),
    ] = None,
) -> None:
    """Read an exam and say what each bright spot most likely is, why, and what would settle it.

    With a picture or a folder among the files, all of them are one exam; reports alone are
    one exam each.
    """
    from hepaspot.cli.batch import answer_all
    from hepaspot.cli.output import Target
    from hepaspot.cli.wish import Wish, jobs, known_region

    exams = jobs(files)
    if format is Format.HTML and output is None and len(exams) > 1:
        raise typer.BadParameter("several pages need a folder: add -o FOLDER")
    wish = Wish(setting, known_region(region), audience, language, format, depth_cm, pictures)
    target = Target(output, format, several=len(exams) > 1)
    raise typer.Exit(answer_all(exams, wish, target))


@app.command(short_help="Make simulated exams of which everything is known.")
def phantom(
    out: Annotated[Path, typer.Argument(help="A folder; made if it is not there.")],
    count: Annotated[int, typer.Option(help="How many.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives other ones.")] = 0,
    frames: Annotated[int, typer.Option(help="1 for stills, more for clips.")] = 1,
    target: Annotated[
        str | None,
        typer.Option(
            help="calcification, stone_in_dilated_duct, gas, haemangioma or none; "
            "without it, a mixture."
        ),
    ] = None,
    report: Annotated[
        Language | None, typer.Option(help="Write the matching reports in this language.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="The exam of the demo: a calcification called a stone.")
    ] = False,
) -> None:
    """Write simulated ultrasound exams: DICOM files, and all that is known of each as JSON."""
    from hepaspot.cli.batch import told
    from hepaspot.phantom import make, write_demo

    language = None if report is None else report.value
    with told():
        if demo:
            typer.echo(write_demo(out, language=language or "en").dicom)
            return
        for made in make(
            out, count=count, seed=seed, frames=frames, target=target, language=language
        ):
            typer.echo(made.dicom)


@app.command(short_help="Show the figures and sources behind each sign.")
def knowledge(
    sign: Annotated[
        str | None, typer.Option(help="Show the rows, figures and sources behind one sign.")
    ] = None,
) -> None:
    """Show the published figures that steer an answer, and where they come from."""
    from hepaspot.cli import tables

    if sign is None:
        tables.print_signs()
    else:
        tables.print_sign(sign)


@app.command(short_help="Show all versions.")
def info(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for a bug report.")] = False,
) -> None:
    """Show the versions of hepaspot, its knowledge, its formats and its libraries."""
    from hepaspot.cli.versions import versions

    found = versions()
    if as_json:
        import json

        typer.echo(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' '):<20}{_flat(value)}")


def _flat(value: str | dict[str, str | None]) -> str:
    if isinstance(value, str):
        return value
    return ", ".join(f"{name} {version or '(not installed)'}" for name, version in value.items())


@app.command()
def schema() -> None:
    """Print the JSON Schema of an exam."""
    import json

    from hepaspot.exam import json_schema

    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
