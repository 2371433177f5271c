"""Dossiers: what a brand is called, and what is not it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext

from review_ui.context import community, now, parts
from review_ui.forms import LISTS, DossierForm, lines
from review_ui.guard import ADMINS, seen_by
from review_ui.toasts import Toast, keep_toast

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from moderation.store.tables import BrandRow

pages = Blueprint("dossiers", __name__)


@pages.get("/brands/new")
@seen_by(ADMINS)
def new() -> str:
    """An empty dossier."""
    return render_template("dossier.html", form=DossierForm(), brand=None)


@pages.post("/brands/new")
@seen_by(ADMINS)
def add() -> str | Response | tuple[str, int]:
    """Keep a new dossier; an existing name is not overwritten here."""
    form = DossierForm()
    valid = form.validate()
    name = (form.name.data or "").strip()
    if valid and any(each.name == name for each in parts().statistics.all_brands(community())):
        form.name.errors = [*form.name.errors, gettext("这个品牌已经有档案了。")]
        valid = False
    if not valid:
        return render_template("dossier.html", form=form, brand=None), 422
    return _keep(name, form)


@pages.get("/brands/<int:brand_id>/edit")
@seen_by(ADMINS)
def edit(brand_id: int) -> str:
    """A brand's dossier."""
    brand = parts().statistics.brand(community(), brand_id)
    return render_template("dossier.html", form=_filled(brand), brand=brand)


@pages.post("/brands/<int:brand_id>/edit")
@seen_by(ADMINS)
def change(brand_id: int) -> str | Response | tuple[str, int]:
    """Keep a changed dossier; the name stays, since counts hang on it."""
    brand = parts().statistics.brand(community(), brand_id)
    form = DossierForm()
    form.name.data = brand.name
    if not form.validate():
        return render_template("dossier.html", form=form, brand=brand), 422
    return _keep(brand.name, form)


def _filled(brand: BrandRow) -> DossierForm:
    values = {each: "\n".join(brand.dossier.get(each, ())) for each in LISTS}
    return DossierForm(name=brand.name, **values)


def _keep(name: str, form: DossierForm) -> Response:
    dossier = {each: lines(form[each].data) for each in LISTS}
    row = parts().statistics.save(community(), name=name, dossier=dossier, now=now())
    keep_toast(Toast(gettext("档案已保存，之后的新帖按它识别。")))
    return redirect(url_for("brands.show", brand_id=row.id), 303)
