"""Serving: batching, windows, calibration, the torch and remote backends, and odd texts."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from moderation.classifiers.batching import Budget, batches, windows
from moderation.classifiers.bundle import Bundle, BundleError, Calibration
from moderation.classifiers.protocol import Classifier
from moderation.classifiers.remote import Endpoint, RemoteOpinion, read_answer
from moderation.classifiers.tokenise import SPECIAL, TARGET_START, Vocabulary
from moderation.classifiers.transformer import TransformerClassifier
from moderation.domain.convention import Category
from moderation.domain.scores import Intent, Polarity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

BINARY = ("offence", *(category.value for category in Category))
OUTPUTS = len(BINARY) + 3 + len(Intent) + 3


class CountingRunner:
    """Says "ad" as loudly as the text has the character 加, and negative towards any marked target."""

    def __init__(self, loud: int) -> None:
        self.loud = loud
        self.shapes: list[tuple[int, int]] = []

    def run(self, ids: NDArray[np.int64], types: NDArray[np.int64]) -> NDArray[np.float32]:
        self.shapes.append((ids.shape[0], ids.shape[1]))
        out = np.zeros((len(ids), OUTPUTS), dtype=np.float32)
        out[:, BINARY.index("ad")] = (ids == self.loud).sum(1) - 1
        out[:, BINARY.index("clickbait")] = types.sum(1)
        out[:, -3] = 4.0 * (ids == TARGET_START).any(1)
        out[:, len(BINARY) + 2] = 1.0
        return out


@pytest.fixture
def classifier(tmp_path: Path) -> TransformerClassifier:
    vocabulary = Vocabulary((*SPECIAL, *"加微信你好的"), {})
    vocabulary.write(tmp_path / "vocab.json")
    calibration = Calibration({"ad": (2.0, 0.0)}, {"sentiment": 0.5})
    bundle = Bundle(tmp_path, "tiny", "1", "2026-11-21", BINARY, tuple(Intent), calibration, {}, 34, {})
    return TransformerClassifier(bundle, CountingRunner(vocabulary.tokens.index("加")))


def test_it_is_a_classifier(classifier: TransformerClassifier) -> None:
    assert isinstance(classifier, Classifier)
    assert classifier.version == "tiny 1"


def test_scores_are_calibrated_and_complete(classifier: TransformerClassifier) -> None:
    (scores,) = classifier.score(["加加加"])
    assert scores.ad == pytest.approx(1 / (1 + math.exp(-4.0)))
    assert scores.categories[Category.AD] == scores.ad
    assert set(scores.categories) == set(Category)
    assert set(scores.intent) == set(Intent)
    assert scores.sentiment.label is Polarity.POSITIVE
    total = scores.sentiment.negative + scores.sentiment.neutral + scores.sentiment.positive
    assert total == pytest.approx(1.0)


def test_order_is_kept_whatever_the_lengths(classifier: TransformerClassifier) -> None:
    texts = ["好" * size + "加" * (size % 5) for size in (30, 1, 17, 3, 29, 2, 8, 11)]
    alone = [classifier.score([text])[0].ad for text in texts]
    assert [each.ad for each in classifier.score(texts)] == pytest.approx(alone)


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\n\n"])
def test_a_text_of_nothing_is_neutral(classifier: TransformerClassifier, text: str) -> None:
    first, second = classifier.score([text, "加加"])
    assert first.ad == 0.0
    assert first.sentiment.label is Polarity.NEUTRAL
    assert second.ad > 0.5


@pytest.mark.parametrize("text", ["😀😀😀", "Hello, what a day", "مرحبا", "\ud83d", "!!!!", "ｶﾞ" * 50])
def test_odd_texts_get_probabilities(classifier: TransformerClassifier, text: str) -> None:
    (scores,) = classifier.score([text])
    assert 0.0 <= scores.ad <= 1.0


def test_an_advert_at_the_end_of_a_long_post_counts(classifier: TransformerClassifier) -> None:
    quiet, loud = "你好的信" * 2500, "你好的信" * 2497 + "加你加你加你加"
    plain, advert = classifier.score([quiet, loud])
    assert plain.ad < 0.5 < advert.ad


def test_the_title_reaches_the_network(classifier: TransformerClassifier) -> None:
    with_title, without = classifier.score(["你好", "你好"], ["信信", None])
    assert with_title.categories[Category.CLICKBAIT] > without.categories[Category.CLICKBAIT]
    with pytest.raises(ValueError, match="2 texts but 1 titles"):
        classifier.score(["a", "b"], [None])


def test_targets_are_marked_even_far_into_a_text(classifier: TransformerClassifier) -> None:
    text = "你好" * 200 + "微信" + "好" * 200
    found = classifier.target_sentiment([(text, 400, 402), ("微信好", 0, 2)])
    assert [each.polarity for each in found] == [Polarity.NEGATIVE, Polarity.NEGATIVE]
    assert classifier.target_sentiment([]) == []
    assert classifier.score([]) == []


def test_windows_cover_everything_and_overlap() -> None:
    ids = list(range(100))
    cut = windows(ids, 40, 10)
    assert {each for window in cut for each in window} == set(ids)
    assert all(len(window) == 40 for window in cut)
    assert windows(ids, 100, 10) == [ids]


def test_batches_keep_the_budget_and_lose_nothing() -> None:
    lengths = [5, 100, 7, 6, 300, 6, 5, 90, 8]
    found = list(batches(lengths, Budget(tokens=24, padding=2)))
    assert sorted(n for batch in found for n in batch) == list(range(len(lengths)))
    for batch in found:
        sizes = [lengths[n] for n in batch]
        assert len(batch) == 1 or (max(sizes) * len(batch) <= 24 and max(sizes) - min(sizes) <= 2)


def test_the_onnx_path_needs_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; import moderation.classifiers, moderation.classifiers.onnx_backend, "
        "moderation.classifiers.transformer; "
        "print(sorted({'torch', 'transformers'} & {name.partition('.')[0] for name in sys.modules}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


# ---------------------------------------------------------------- the remote opinion


class Endpoints(BaseHTTPRequestHandler):
    """Speaks enough of the OpenAI chat protocol; the text decides how it behaves."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = asked["messages"][-1]["content"]
        if text == "slow":
            time.sleep(1.0)
        status = 500 if text == "broken" else 200
        content = {
            "talk": "I cannot help with that.",
            "wild": '{"negativity": 7}',
        }.get(text, 'Sure: {"negativity": 0.25, "ad": 0.75, "sentiment": "negative"}')
        key = "none" if text == "odd" else "choices"
        body = json.dumps({key: [{"message": {"content": content}}]}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Be quiet."""


class QuietServer(ThreadingHTTPServer):
    """A client that hangs up is what one of the tests is about."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = QuietServer(("127.0.0.1", 0), Endpoints)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_a_remote_opinion_or_none_at_all(endpoint: str) -> None:
    remote = RemoteOpinion(Endpoint(endpoint, "judge"))
    good, *others = remote.opinions(["fine", "broken", "talk", "wild", "odd"])
    assert good is not None
    assert (good.ad, good.negativity, good.sentiment.label) == (0.75, 0.25, Polarity.NEGATIVE)
    assert others == [None] * 4
    assert remote.opinions([]) == []
    hurried = RemoteOpinion(Endpoint(endpoint, "judge", timeout=0.4))
    assert hurried.opinions(["slow"]) == [None]


def test_no_opinion_from_where_nobody_listens() -> None:
    assert RemoteOpinion(Endpoint("http://127.0.0.1:9/v1", "judge", timeout=0.4)).opinions(["fine"]) == [None]
    assert RemoteOpinion(Endpoint("file:///etc", "judge")).opinions(["fine"]) == [None]


def test_an_answer_without_scores_is_refused() -> None:
    with pytest.raises(ValueError, match="no JSON object"):
        read_answer('{"colour": "red"}')


# ---------------------------------------------------------------- torch


def test_any_sequence_classification_checkpoint(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from moderation.classifiers.torch_backend import HuggingFaceClassifier  # noqa: PLC0415 - needs torch

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"加微信你好"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    transformers.BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=32, id2label={0: "spam", 1: "positive", 2: "negative"},
        label2id={"spam": 0, "positive": 1, "negative": 2},
    )  # fmt: skip
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    found = HuggingFaceClassifier(str(tmp_path), {"spam": "ad"}, device="cpu")
    scores = found.score(["加微信", "", "你好" * 100], ["你好", None, None])
    assert scores[0].ad > 0.0
    assert scores[0].sentiment.neutral == 0.0
    assert scores[1].ad == 0.0
    assert found.target_sentiment([("加微信", 1, 3)])[0].polarity in set(Polarity)
    with pytest.raises(BundleError, match="none of its labels"):
        HuggingFaceClassifier(str(tmp_path), {"positive": "x", "negative": "y"}, device="cpu")
    with pytest.raises(BundleError, match="cannot be loaded"):
        HuggingFaceClassifier(str(tmp_path / "nowhere"), device="cpu")
