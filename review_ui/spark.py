"""Small lines of a series, drawn without a script."""

from __future__ import annotations


def spark_points(values: list[int], *, width: int = 120, height: int = 28) -> str:
    """``points`` of an SVG polyline over a series, the highest value at the top."""
    top = max(values, default=0) or 1
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{index * step:.1f},{height - 2 - value / top * (height - 4):.1f}"
        for index, value in enumerate(values)
    )
