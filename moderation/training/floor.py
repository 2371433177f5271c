"""The linear character n-gram model that every figure is compared with, trained in the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline

from moderation.training.corpus import read_source, take
from moderation.training.statistics import accuracy, macro_f1

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moderation.training.labels import Example

_TRAIN: dict[str, tuple[str, ...]] = {
    "cold": ("cold",),
    "ewect": ("ewect",),
    "chnsenticorp": ("chnsenticorp", "sophonplus_shopping"),
}
_MOST = 40_000


def _label(example: Example) -> int | None:
    if example.source == "cold":
        return int(example.binary["offence"][0]) if "offence" in example.binary else None
    return example.sentiment


def floor_figures(folder: Path, tests: Mapping[str, list[Example]]) -> dict[str, Any]:
    """Accuracy and macro-F1 of the floor on the test files that it can be trained for.

    Tf-idf of 1 to 4 characters, hashed; logistic regression.  Args: the labelled data folder and the test
    examples by file.
    """
    found: dict[str, Any] = {}
    for name, sources in _TRAIN.items():
        if name not in tests:
            continue
        train = [each for source in sources for each in take(read_source(folder, source, "train"), _MOST, 1)]
        texts = [(each.text, _label(each)) for each in train if _label(each) is not None]
        model = make_pipeline(
            HashingVectorizer(
                analyzer="char", ngram_range=(1, 4), n_features=2**20, alternate_sign=False, norm=None
            ),
            TfidfTransformer(sublinear_tf=True),
            SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=30, random_state=1),
        )
        model.fit([text for text, _ in texts], [label for _, label in texts])
        own = [(each.text, _label(each)) for each in tests[name] if _label(each) is not None]
        wanted = np.asarray([label for _, label in own], dtype=np.int64)
        said = np.asarray(model.predict([text for text, _ in own]), dtype=np.int64)
        found[name] = {
            "posts": len(own),
            "accuracy": round(accuracy(wanted, said), 4),
            "macro_f1": round(macro_f1(wanted, said), 4),
        }
    return found
