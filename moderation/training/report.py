"""Evaluation figures as a Markdown report."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

from typing import Any

Figures = dict[str, Any]


def _with(figure: Figures) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"


def _percent(figure: Figures | None) -> str:
    if figure is None:
        return "–"
    low, high = 100 * figure["low"], 100 * figure["high"]
    return f"{100 * figure['value']:.2f} % ({low:.2f}–{high:.2f}, n = {figure['posts']})"


def _main(files: list[Figures]) -> list[str]:
    rows = ["| test | head | posts | accuracy | macro-F1 | ECE |", "|---|---|---|---|---|---|"]
    for each in files:
        for head in ("offence", "ad", "sentiment", "intent", "target"):
            if head in each:
                own = each[head]
                ece = f"{own['ece']:.3f}" if "ece" in own else "–"
                cells = (
                    each["name"],
                    head,
                    str(own["posts"]),
                    _with(own["accuracy"]),
                    _with(own["macro_f1"]),
                    ece,
                )
                rows.append("| " + " | ".join(cells) + " |")
                rows.extend(
                    f"| {each['name']} ({subset}) | {head} | | | {_with(own[f'macro_f1_{subset}'])} | |"
                    for subset in ("usual", "virus")
                    if f"macro_f1_{subset}" in own
                )
    return rows


def _binary(files: list[Figures]) -> list[str]:
    rows = ["| test | head | block threshold | F1 there | precision | recall |", "|---|---|---|---|---|---|"]
    for each in files:
        for head in ("offence", "ad"):
            block = each.get(head, {}).get("at_block")
            if block:
                cells = (each["name"], head, f"{block['threshold']:.3f}", f"{block['f1']:.3f}")
                rows.append(
                    "| "
                    + " | ".join((*cells, _percent(block["precision"]), _percent(block["recall"])))
                    + " |"
                )
    return rows


def _categories(files: list[Figures]) -> list[str]:
    rows = ["| head | positive | F1 at review threshold | F1 at 0.5 |", "|---|---|---|---|"]
    lines: list[str] = []
    for each in files:
        own = each.get("categories")
        if not own:
            continue
        for name, figures in own["heads"].items():
            rows.append(
                f"| {name} | {figures['positive']} | {figures['f1_review']:.3f} | {figures['f1_half']:.3f} |"
            )
        rows.append(f"| macro | | {own['macro_f1_review']:.3f} | {own['macro_f1_half']:.3f} |")
        lines = [
            f"- {kind}: any head asks for review {_percent(own[kind]['review'])}, blocks {_percent(own[kind]['block'])}"
            for kind in ("violation", "near_miss", "ordinary")
            if kind in own
        ]
    return [*rows, "", *lines] if lines else []


def _slices(files: list[Figures]) -> list[str]:
    rows = ["| test | head | slice | right |", "|---|---|---|---|"]
    for each in files:
        for head in ("offence", "ad", "sentiment"):
            for name, figure in each.get(head, {}).get("slices", {}).items():
                rows.append(f"| {each['name']} | {head} | {name} | {_percent(figure)} |")
    return rows


def _cloaked(files: list[Figures]) -> list[str]:
    rows = [
        "| test | head | family | posts | recall plain → cloaked | false alarms plain → cloaked |",
        "|---|---|---|---|---|---|",
    ]
    for each in files:
        for head in ("offence", "ad"):
            for family, own in each.get(head, {}).get("cloaked", {}).items():
                pair = [
                    f"{own[what]['plain']:.3f} → {own[what]['cloaked']:.3f}" if what in own else "–"
                    for what in ("recall", "false_alarms")
                ]
                rows.append(
                    f"| {each['name']} | {head} | {family} | {own['posts']} | {pair[0]} | {pair[1]} |"
                )
    return rows


def markdown(figures: Figures) -> str:
    """The whole report."""
    files = figures["files"]
    parts = [
        f"Bundle {figures['bundle']}, measured {figures['at']}; brackets are 95 % intervals.",
        "",
        *_main(files),
    ]
    if figures.get("floor"):
        parts += ["", "Linear character n-gram floor, trained in the same run:", ""]
        parts += ["| test | posts | accuracy | macro-F1 |", "|---|---|---|---|"]
        parts += [
            f"| {name} | {own['posts']} | {own['accuracy']:.3f} | {own['macro_f1']:.3f} |"
            for name, own in figures["floor"].items()
        ]
    if figures.get("ordinary"):
        own = figures["ordinary"]
        parts += [
            "",
            f"Ordinary posts: to review {_percent(own['review'])}, blocked {_percent(own['block'])}.",
        ]
    for title, rows in (
        ("At the block threshold", _binary(files)),
        ("Our own posts", _categories(files)),
        ("Slices (share judged right)", _slices(files)),
        ("Cloaked texts at the review threshold", _cloaked(files)),
    ):
        if len(rows) > 2:
            parts += ["", f"### {title}", "", *rows]
    return "\n".join(parts)
