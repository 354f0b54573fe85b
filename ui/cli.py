"""The command line `myositis`. Results go to stdout, progress and messages to stderr; exit codes: 0, 1 failed, 2 usage."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

# Before any library that would phone home or look something up is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import typer
from platformdirs import user_data_path

from corpus import MyositisError, Source
from corpus.records import Kind

if TYPE_CHECKING:
    from assistant import Assistant
    from index import Library
    from index.progress import Progress

app = typer.Typer(
    name="myositis",
    help="Plain questions about inclusion body myositis, answered with verbatim quotes from a library and links to each place.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _named_before(context: typer.Context, parameter: typer.CallbackParam, value: Path) -> Path:
    """The folder of a `--library` before the command's name, unless the command has one of its own."""
    source = context.get_parameter_source(parameter.name or "")
    return context.obj or value if source is None or source.name != "COMMANDLINE" else value


_DEFAULT_LIBRARY = user_data_path("myositis-assistant", appauthor=False) / "library"
LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library",
        envvar="MYOSITIS_LIBRARY",
        metavar="DIR",
        help="The library's folder.",
        show_default="your data folder",
        callback=_named_before,
    ),
]
DelayOption = Annotated[float, typer.Option(min=0.0, help="Seconds between two requests to one site.")]
PrivateOption = Annotated[
    list[str] | None, typer.Option(metavar="HOST", help="A host to read though it is on a private network.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.callback()
def _main(
    context: typer.Context, library: Annotated[Path | None, typer.Option("--library", metavar="DIR", hidden=True)] = None
) -> None:
    context.obj = library  # the option belongs to each command; given before the command's name it means the same


@app.command()
def serve(
    library: LibraryOption = _DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 7860,
    root_path: Annotated[str, typer.Option(metavar="/PATH", help="The sub-path at which a proxy makes the page public.")] = "",
) -> None:
    """Serve the chat page; the first run builds the starter library."""
    if root_path and not root_path.startswith("/"):
        raise typer.BadParameter("it begins with a slash, as in /ibm", param_hint="--root-path")
    from ui.server import serve as serve_page

    serve_page(lambda progress: _assistant(library, progress), host, port, root_path.rstrip("/"))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A question in plain words.")],
    library: LibraryOption = _DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A JSON list of the earlier questions of the conversation, oldest first.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show as well how the answer came about: words, candidates, scores, verdicts.")
    ] = False,
) -> None:
    """Answer one question with quotes."""
    if not question.strip():
        raise typer.BadParameter("the question is empty", param_hint="QUESTION")
    earlier = _history(history) if history else []
    with _assistant(library) as assistant:
        trace = assistant.explain(question, earlier)
        explanation = trace.explanation() if explain else None
        is_empty = assistant.library.is_empty
    if as_json:
        _print_json(trace.answer.to_dict() | ({"explanation": explanation} if explanation else {}))
    else:
        from ui.terminal import show_answer

        show_answer(trace.answer, is_empty=is_empty)
        if explanation:
            from ui.explaining import show_explanation

            show_explanation(explanation)


@app.command()
def add(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH_OR_URL",
            help="Files, folders, web pages; a manifest (FILE.toml, or `recommended`); a search (pubmed:QUERY, europepmc:QUERY).",
        ),
    ],
    library: LibraryOption = _DEFAULT_LIBRARY,
    title: Annotated[str | None, typer.Option(help="Its title, instead of the one it states.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="What kind of source it is.")] = None,
    year: Annotated[int | None, typer.Option(min=1800, max=2200, help="The year it was published.")] = None,
    crawl: Annotated[bool, typer.Option("--crawl", help="Follow the links of a web page, on its own site.")] = False,
    depth: Annotated[int, typer.Option(min=0, help="How many links from the first page a crawl goes.")] = 5,
    max_pages: Annotated[int, typer.Option(min=1, help="How many pages a crawl reads at most.")] = 2000,
    delay: DelayOption = 1.0,
    max_articles: Annotated[int, typer.Option(min=1, max=10000, help="How many articles a search takes at most.")] = 200,
    allow_private: PrivateOption = None,
) -> None:
    """Add files, folders, web pages, sites or articles. What is there already is left as it is."""
    from corpus.literature import is_query
    from corpus.manifest import RECOMMENDED, is_manifest

    several = crawl or len(inputs) > 1 or any(is_query(one) or is_manifest(one) or one == RECOMMENDED.stem for one in inputs)
    if title is not None and several:
        raise typer.BadParameter("one title cannot fit several documents; add them one by one", param_hint="--title")
    if not all(one.strip() for one in inputs):
        raise typer.BadParameter("an input is empty", param_hint="PATH_OR_URL")
    from corpus.crawl_state import CrawlLimits
    from index.inputs import add_inputs
    from ui.terminal import progress_bar, show_added

    sources = [Source(url=one, title=title, kind=kind, year=year) for one in inputs]
    limits = CrawlLimits(depth=depth, pages=max_pages, delay=delay)
    allowed = frozenset(allow_private or ())
    with _library(library, create=True) as opened, progress_bar("Adding") as progress:
        outcomes = add_inputs(opened, sources, limits, allowed, progress, crawl=crawl, most_articles=max_articles)
    show_added(outcomes)
    if any(outcome.status == "left out" for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def remove(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Addresses, paths or ids, as `myositis list` shows them; a crawl, a search or a folder means all of it.",
        ),
    ],
    library: LibraryOption = _DEFAULT_LIBRARY,
) -> None:
    """Remove documents, with all their passages, words and vectors."""
    from index.repeated import remove as remove_all

    with _library(library) as opened:
        removed, unknown = remove_all(opened, sources)
    print(f"{removed} removed")
    if unknown:
        raise MyositisError("the library does not hold", ", ".join(unknown), "Run: myositis list")


@app.command("list")
def list_(library: LibraryOption = _DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List the library's documents."""
    with _library(library) as opened:
        summaries = opened.summaries()
    if as_json:
        keys = ("id", "url", "title", "kind", "year", "passages", "authors", "doi", "pmid")
        _print_json([{key: getattr(summary, key) for key in keys} for summary in summaries])
    else:
        from ui.terminal import show_list

        show_list(summaries)


@app.command()
def refresh(
    library: LibraryOption = _DEFAULT_LIBRARY,
    remove_gone: Annotated[bool, typer.Option("--remove-gone", help="Remove documents whose source is gone.")] = False,
    delay: DelayOption = 1.0,
    allow_private: PrivateOption = None,
) -> None:
    """Read the sources again and take in what changed."""
    from index.refresh import refresh as read_again
    from ui.terminal import progress_bar, show_refreshed

    with _library(library) as opened, progress_bar("Reading again") as progress:
        outcomes = read_again(opened, frozenset(allow_private or ()), progress, remove_gone=remove_gone, delay=delay)
    show_refreshed(outcomes)
    if any(outcome.status == "left out" for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def check(
    library: LibraryOption = _DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    online: Annotated[bool, typer.Option("--online", help="Ask whether each web page still says what was read there.")] = False,
    delay: DelayOption = 1.0,
    allow_private: PrivateOption = None,
) -> None:
    """Look over the whole library and name every problem."""
    from dataclasses import replace

    from ui.terminal import progress_bar

    with _library(library) as opened:
        health = opened.check()
        if online:
            from index.health import online_problems

            with progress_bar("Asking") as progress:
                found = online_problems(opened, frozenset(allow_private or ()), progress, delay)
            health = replace(health, problems=health.problems + found)
    if as_json:
        _print_json(
            {
                "library": str(library),
                "ok": not health.problems,
                "documents": health.documents,
                "passages": health.passages,
                "problems": list(health.problems),
            }
        )
    else:
        print(f"{library}: {health.documents} documents, {health.passages} passages, {len(health.problems)} problems")
        for problem in health.problems:
            print(f"- {problem}")
    if health.problems:
        raise typer.Exit(1)


@app.command()
def feedback(library: LibraryOption = _DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """Show what readers say the answers missed."""
    from ui.feedback import summary, verdicts

    with _library(library) as opened:
        asking = opened.settings.feedback.ask
    found = summary(list(verdicts(library)))
    if as_json:
        _print_json({"asking": asking, **found})
    else:
        from ui.terminal import show_feedback

        show_feedback(asking, found)


@app.command("eval")
def eval_(
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="QUESTIONS.jsonl", help="Labelled questions; the project's own, and its sets of wordings, if none are named."
        ),
    ] = None,
    library: LibraryOption = _DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    plots: Annotated[Path | None, typer.Option(metavar="DIR", help="Write plots as PNG files into this folder.")] = None,
) -> None:
    """Measure the answers on labelled questions."""
    from assistant import evaluation
    from ui.terminal import progress_bar

    if plots is not None:
        from assistant.evaluation.plots import require, write_plots

        require(plots)
    labelled = evaluation.load_questions(questions or evaluation.DEFAULT_QUESTIONS)
    wordings = evaluation.load_phrasings(evaluation.DEFAULT_PHRASINGS) if questions is None else None
    with _assistant(library) as assistant:
        with progress_bar("Asking") as tell:
            outcomes = evaluation.ask_all(assistant, labelled, tell)
        with progress_bar("Asking in other words") as tell:
            agreed = evaluation.agreement(assistant, wordings, tell) if wordings else None
    report = evaluation.report_on(outcomes, agreed)
    if as_json:
        _print_json(report.to_dict())
    else:
        from ui.evaluation_table import show_evaluation

        show_evaluation(report)
    if plots is not None:
        for path in write_plots(outcomes, report, plots):
            print(f"written: {path}", file=sys.stderr)


@app.command()
def bench(library: LibraryOption = _DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """Time answers, as a ratio to reading their questions. Both are timed in the same run."""
    from assistant.timing import bench as time_answers

    with _assistant(library) as assistant:
        result = time_answers(assistant)
    if as_json:
        _print_json(result)
    else:
        for name, value in result.items():
            print(f"{name:44} {value}")


def _library(directory: Path, *, create: bool = False) -> Library:
    from index import Library

    return Library.open(directory, create=create)


def _assistant(directory: Path, also_tell: Progress | None = None) -> Assistant:
    from ui.first_run import open_or_build
    from ui.terminal import progress_bar

    with progress_bar("Building the starter library") as bar:

        def progress(done: int, total: int, address: str, share: float | None = None) -> None:
            bar(done, total, address, share)
            if also_tell is not None:
                also_tell(done, total, address, share)

        return open_or_build(directory, progress)


def _history(path: Path) -> list[str]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MyositisError("the history cannot be read", str(path), f"It must be a JSON list of questions ({error})") from error
    if not isinstance(loaded, list) or not all(isinstance(turn, str) for turn in loaded):
        raise MyositisError(
            "the history is not a list of questions", str(path), 'Write it like ["first question", "second question"]'
        )
    return loaded


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character, or a question that is no valid text, shows the code of it.
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="myositis")
    except MyositisError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)
    except SystemExit as ended:
        if ended.code == 130:  # Typer's own answer to Ctrl+C, which says nothing
            print("Stopped. What was done so far is kept.", file=sys.stderr)
        raise


if __name__ == "__main__":
    main()
