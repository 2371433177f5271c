"""Brands: how often they are spoken of, how people feel, and the posts behind each figure."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, url_for

from moderation.domain.scores import Polarity
from moderation.services.brand_statistics import DEFINITIONS, Bucket
from review_ui import names
from review_ui.brand_page import (
    DAYS,
    MENTIONS_SHOWN,
    SPARK_DAYS,
    TOO_FEW,
    Card,
    brand_page,
    brand_query,
    last_days,
)
from review_ui.context import community, local, parts, wants_fragment
from review_ui.guard import EVERYBODY, seen_by
from review_ui.spark import spark_points

pages = Blueprint("brands", __name__)

_SHOWN_POLARITIES = (Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE, Polarity.MIXED, Polarity.UNRATED)


@pages.get("/brands")
@seen_by(EVERYBODY)
def index() -> str:
    """A card for each brand."""
    window = last_days(SPARK_DAYS)
    statistics = parts().statistics
    totals = statistics.totals(community(), window)
    lines = statistics.sparklines(community(), window)
    cards = [
        Card(brand, totals.get(brand.id, {}), spark_points(lines[brand.id]) if brand.id in lines else "")
        for brand in statistics.all_brands(community())
    ]
    cards.sort(key=lambda card: -card.mentions)
    return render_template("brands.html", cards=cards, definitions=DEFINITIONS, days=SPARK_DAYS)


@pages.get("/brands/<int:brand_id>")
@seen_by(EVERYBODY)
def show(brand_id: int) -> str:
    """One brand."""
    page = brand_page(brand_id, brand_query())
    template = "parts/mentions.html" if wants_fragment() else "brand.html"
    return render_template(
        template,
        page=page,
        query=page.query,
        days=DAYS,
        buckets=(Bucket.DAY, Bucket.HOUR),
        polarities=_SHOWN_POLARITIES,
        too_few=TOO_FEW,
        has_more=len(page.listed) == MENTIONS_SHOWN,
        definitions=DEFINITIONS,
    )


@pages.get("/brands/<int:brand_id>/series.json")
@seen_by(EVERYBODY)
def series(brand_id: int) -> Response:
    """What the trend draws: labels in local time, counts per polarity, the address behind each bar."""
    query = brand_query()
    found = parts().statistics.series(community(), brand_id, query.window, query.counting)
    pattern = "%m-%d %H:%M" if query.bucket is Bucket.HOUR else "%m-%d"
    return jsonify(
        labels=[local(start).strftime(pattern) for start, _ in found.points],
        series=[
            {
                "polarity": each.value,
                "name": names.of("polarities", each.value),
                "values": [count.polarities[each] for _, count in found.points],
            }
            for each in _SHOWN_POLARITIES
        ],
        links=[
            url_for("brands.show", brand_id=brand_id, **query.address(at=start), _anchor="posts")
            for start, _ in found.points
        ],
    )
