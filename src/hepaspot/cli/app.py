"""Each command: takes its arguments, calls one function, prints.

Nothing heavy is imported up here, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from hepaspot.cli.noding import node
from hepaspot.cli.options import Audience, Format, Language, RowsAs, SettingName, TableAs

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
            help="Reports (text, PDF, .docx, SR; - for standard input), pictures (DICOM, PNG, "
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


@app.command(
    epilog=EXIT_CODES.replace("every report was read", "the words were read"),
    short_help="Read the words in the photo of a report.",
)
def words(
    photo: Annotated[
        str, typer.Argument(metavar="PHOTO", help="PNG, JPEG, TIFF, WebP or BMP of one page.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A text file, or a folder for it.")
    ] = None,
) -> None:
    """Read the words in the photo or the scan of a report, to be looked over and then read.

    Nothing leaves this machine. Some words will be wrong: compare the text with the paper,
    above all numbers and segments, before you give it to hepaspot read.
    """
    from hepaspot.cli.batch import told
    from hepaspot.cli.output import write_text
    from hepaspot.intake.photo import words_of_photo

    with told():
        text = words_of_photo(photo).text
        if output is None:
            sys.stdout.write(text)
            return
        path = output / f"{Path(photo).stem}.txt" if output.is_dir() else output
        write_text(path, text, photo)


@app.command(
    epilog=EXIT_CODES.replace("every report was read", "every file was written"),
    short_help="Take the patient out of DICOM pictures.",
)
def deidentify(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="DICOM stills and clips, or folders of them."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A folder for the new files; made if need be.")
    ],
    key_file: Annotated[
        Path | None,
        typer.Option(
            help="The key that pseudonyms are made from, so that later files match; made if it "
            "is not there. Whoever has it can test a guess of who a patient is."
        ),
    ] = None,
    keep_frame: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y,WIDTH,HEIGHT",
            help="The part of each frame to keep, in place of the ultrasound region.",
        ),
    ] = None,
    keep_characteristics: Annotated[
        bool,
        typer.Option(
            "--keep-characteristics",
            help="Keep sex, age (at most 90), height, weight and the like.",
        ),
    ] = False,
) -> None:
    """Write DICOM ultrasound pictures without their patient, so that a case can be shared.

    Attributes by the basic profile of DICOM PS3.15, dates moved, all outside the ultrasound
    region black, in grey. Words inside the region stay: look at every picture before you
    share it.
    """
    from hepaspot.cli.batch import told
    from hepaspot.cli.deidentifying import box_of, deidentify_all
    from hepaspot.deidentify import Wish

    wish = Wish(box_of(keep_frame), keep_characteristics)
    with told():
        raise typer.Exit(deidentify_all(files, output, key_file, wish))


@app.command(
    "export",
    epilog=EXIT_CODES.replace("every report was read", "every file was written"),
    short_help="Hand an exam on to a PACS or a record.",
)
def export_exam(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="All of one exam: DICOM stills and clips, reports, or the folder of them.",
        ),
    ],
    to: Annotated[
        list[str],
        typer.Option(
            metavar="FORMAT",
            help="sr (structured report), sc (marked pictures), pdf (summary) or seg (outlines), "
            "all DICOM; fhir, or json; may be repeated.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A folder for the files; made if need be.")
    ],
    language: Annotated[
        Language, typer.Option(help="Language of what people read.")
    ] = Language.ENGLISH,
    setting: Annotated[
        SettingName | None,
        typer.Option(help="Why the person was examined; without it, both are allowed for."),
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Where: east_asia, south_east_asia or elsewhere.")
    ] = None,
    depth_cm: Annotated[
        float | None,
        typer.Option(help="Depth of pictures without a scale: from the probe to the lower end."),
    ] = None,
) -> None:
    """Read an exam and write the answer as objects that belong into the same study.

    All are marked preliminary and unverified; the same exam gives the same bytes.
    """
    from hepaspot.cli.batch import told
    from hepaspot.cli.exporting import export_all, known_formats
    from hepaspot.cli.wish import Wish, known_region

    formats = known_formats(to)
    wish = Wish(setting, known_region(region), language=language, depth_cm=depth_cm)
    with told():
        export_all(files, formats, output, wish)


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


@app.command(short_help="Open the web page on this computer.")
def serve(
    host: Annotated[
        str,
        typer.Option(help="Address to listen on; any but this computer's own asks for a token."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8420,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A further name that browsers call this computer by; may be repeated."),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="HEPASPOT_TOKEN", help="The token to ask for; without it one is made up."
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(help="Keep exams in this file or database URL; without it nothing is kept."),
    ] = None,
    max_upload_mib: Annotated[
        int, typer.Option(min=1, max=1 << 20, help="Largest exam that is taken, in MiB.")
    ] = 512,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser.")
    ] = False,
) -> None:
    """Open the web page: give a report or pictures in the browser, question the answer there.

    Listens on this computer alone unless told otherwise. Nothing is kept without --store.
    """
    from hepaspot.cli.batch import told
    from hepaspot.cli.serving import serve_page

    with told():
        serve_page(
            host,
            port,
            names=tuple(name or ()),
            token=token,
            store=store,
            upload_mib=max_upload_mib,
            open_browser=open_browser,
        )


@app.command(
    epilog=EXIT_CODES.replace(
        "every report was read", "the audit is done; what was not read is in errors.parquet"
    ),
    short_help="Check a whole archive for spots with the wrong name.",
)
def audit(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Tables of reports (.csv, .jsonl, .parquet), folders of reports and pictures, "
            "either in an object store too: s3://..., servers: dicomweb+https://..., "
            "fhir+https://...",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A folder for the result; made if need be.")
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEANING=COLUMN",
            help="What a column holds, where its name does not tell: text, findings, impression, "
            "exam, person, date, site, age, sex, path; may be repeated.",
        ),
    ] = None,
    setting: Annotated[
        SettingName | None,
        typer.Option(help="Why the people were examined; without it, both are allowed for."),
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Where: east_asia, south_east_asia or elsewhere.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the token for a server.")
    ] = None,
    user: Annotated[str | None, typer.Option(help="Who you are at a server.")] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="A file with the password for it.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option(help="The authority that signed a server's certificate, PEM.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes; as many as there are cores.")
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(help="Run on a Dask cluster: the address of its scheduler, or local."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the page.")] = Language.ENGLISH,
) -> None:
    """Read every exam of an archive and find the spots that carry the wrong name.

    An audit that is cut off goes on where it was when the same command is given again. The
    result holds the reports: guard it as you guard them.
    """
    from hepaspot.cli.auditing import access_of, audit_archive, columns_of, need_archive
    from hepaspot.cli.batch import told
    from hepaspot.cli.wish import Wish, known_region

    wish = Wish(setting, known_region(region))
    with told():
        need_archive()
        from hepaspot.archive.auditing import Order
        from hepaspot.archive.sources import sources as known_sources

        order = Order(
            sources=known_sources(sources),
            columns=columns_of(column or ()),
            setting=wish.exam_setting,
            workers=workers or os.cpu_count() or 1,
            dask=dask,
            access=access_of(token_file, user, password_file, ca_file),
            language=language.value,
        )
        raise typer.Exit(audit_archive(order, output))


@app.command(short_help="Make a synthetic archive, with contradictions planted in it.")
def synthetic(
    out: Annotated[Path, typer.Argument(help="A folder; made if it is not there.")],
    reports: Annotated[int, typer.Option(help="Exams in all, up to a million.")] = 20_000,
    phantoms: Annotated[int, typer.Option(help="How many of them have a simulated picture.")] = 0,
    seed: Annotated[int, typer.Option(help="Another seed gives another archive.")] = 0,
    language: Annotated[str, typer.Option(help="Of the reports: en, zh or both.")] = "both",
    rate: Annotated[
        float, typer.Option(help="Contradictions so many times as often as in real archives.")
    ] = 1.0,
    table: Annotated[TableAs, typer.Option(help="What the reports are written as.")] = (
        TableAs.PARQUET
    ),
) -> None:
    """Write an archive of nobody: a table of reports, pictures, and truth.parquet beside them.

    To try hepaspot audit on, and to measure it: the truth tells what was planted in which exam,
    with the words.
    """
    from hepaspot.cli.batch import told
    from hepaspot.cli.synthesising import make_synthetic

    with told():
        make_synthetic(out, reports, phantoms, seed, language, rate, table)


@app.command(short_help="Ask a finished audit: usual questions, or SQL.")
def query(
    result: Annotated[Path, typer.Argument(help="The folder that an audit was written into.")],
    question: Annotated[
        str | None,
        typer.Argument(
            help="A question by its name, tables, or one SELECT; without it, questions are listed."
        ),
    ] = None,
    rows_as: Annotated[
        RowsAs | None, typer.Option("--format", help="Write every row in this form.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file for the rows; its ending can tell the form."),
    ] = None,
) -> None:
    """Ask the tables of an audit: exams, foci, alerts, errors, documents.

    A query can read these tables and nothing else. Rows of documents hold the reports: guard what
    is written as you guard them.
    """
    from hepaspot.cli.asking import query_result
    from hepaspot.cli.auditing import need_archive
    from hepaspot.cli.batch import told

    with told():
        need_archive()
        query_result(result, question, rows_as, output)


@app.command(short_help="Draw a blinded sheet to review one alert of an audit.")
def sample(
    result: Annotated[Path, typer.Argument(help="The folder that an audit was written into.")],
    alert: Annotated[str, typer.Option(help="The alert to review, such as name_mismatch.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A folder for the sheet, outside the result.")
    ],
    count: Annotated[
        int, typer.Option("-n", min=1, max=2000, help="How many exams with the alert.")
    ] = 50,
    clean: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=2000,
            help="How many without it; as -n by default, but at most three for each with it.",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same one draws the same sheet; else one is drawn.")
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="Language of the questions; that of the audit's page by default."),
    ] = None,
) -> None:
    """Write a sheet of reports for a reviewer, who is not told which of them have an alert.

    The key stays in the result. The sheet holds the words of reports: guard it as you guard them.
    """
    from hepaspot.cli.asking import sample_result
    from hepaspot.cli.auditing import need_archive
    from hepaspot.cli.batch import told

    with told():
        need_archive()
        sample_result(result, alert, count, clean, seed, output, language)


@app.command(short_help="Read a reviewed sheet back: precision, sensitivity, calibration.")
def review(
    result: Annotated[Path, typer.Argument(help="The result that the sheet was drawn from.")],
    sheets: Annotated[
        list[Path],
        typer.Argument(metavar="SHEET...", help="The filled sheet; or two, of two reviewers."),
    ],
    overlay: Annotated[
        Path | None,
        typer.Option(help="Write local priors and likelihood rows into this file (.toml)."),
    ] = None,
) -> None:
    """Say how often an alert is right and how much it misses, from what reviewers answered.

    An overlay is only written, never used by itself; hepaspot knowledge --overlay shows it.
    """
    from hepaspot.cli.auditing import need_archive
    from hepaspot.cli.batch import told
    from hepaspot.cli.reviewing import review_result

    with told():
        need_archive()
        review_result(result, sheets, overlay)


app.add_typer(node, name="node", short_help="Run hepaspot beside a PACS.")


@app.command(short_help="Show the figures and sources behind each sign.")
def knowledge(
    sign: Annotated[
        str | None, typer.Option(help="Show the rows, figures and sources behind one sign.")
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(help="Show the local figures of this file beside the published ones."),
    ] = None,
) -> None:
    """Show the published figures that steer an answer, and where they come from."""
    from hepaspot.cli import tables

    if overlay is not None:
        from hepaspot.cli.batch import told
        from hepaspot.cli.local_figures import print_overlay

        with told():
            print_overlay(overlay, sign)
    elif sign is None:
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
