"""The peers that the scoring rate is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
    TextClassificationPipeline,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.classifiers.protocol import Classifier

BATCH = 32
LONGEST = 128


def bare_runtime(classifier: Classifier) -> Callable[[Sequence[str]], object]:
    """The same weights alone: tokenise, best batching, run; no calibration, no text layer, no policy."""

    def run(texts: Sequence[str]) -> object:
        return classifier.logits(texts)  # type: ignore[attr-defined]  # the shipped classifier has it

    return run


def pipeline() -> Callable[[Sequence[str]], object]:
    """``transformers.pipeline("text-classification")`` with a BERT-base-shaped network; its weights do not matter."""
    torch.set_num_threads(1)
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 8_000)]
    vocabulary = {token: index for index, token in enumerate(["[PAD]", "[UNK]", *characters])}
    tokeniser = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokeniser.pre_tokenizer = Split("", "isolated")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokeniser,
        pad_token="[PAD]",
        unk_token="[UNK]",
        model_max_length=LONGEST,
    )
    network = BertForSequenceClassification(BertConfig(vocab_size=len(vocabulary), num_labels=3)).eval()
    made = TextClassificationPipeline(model=network, tokenizer=fast, device=-1)

    def run(texts: Sequence[str]) -> object:
        return made(list(texts), batch_size=BATCH, truncation=True, padding=True)

    return run
