"""The tokeniser of training and serving in the form that ``transformers`` knows."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizer

from moderation.classifiers.tokenise import CLS, MASK, PAD, SEP, SPECIAL, UNK, Tokeniser, Vocabulary

_FILE = "vocab.json"


class CharacterTokenizer(PreTrainedTokenizer):
    """Gives exactly the ids of :class:`moderation.classifiers.tokenise.Tokeniser`.

    Load it with ``CharacterTokenizer.from_pretrained("models/encoder")``.
    """

    vocab_files_names = {"vocab_file": _FILE}  # noqa: RUF012 - as the base class has it
    model_input_names = ["input_ids", "token_type_ids", "attention_mask"]  # noqa: RUF012

    def __init__(self, vocab_file: str, **options: Any) -> None:
        self._path = Path(vocab_file)
        self._own = Tokeniser(Vocabulary.read(self._path))
        self._tokens = self._own.vocabulary.tokens
        self._ids = {token: n for n, token in enumerate(self._tokens)}
        named = {"pad": PAD, "unk": UNK, "cls": CLS, "sep": SEP, "mask": MASK}
        special = {f"{name}_token": SPECIAL[n] for name, n in named.items()}
        super().__init__(**{**special, **options})  # type: ignore[no-untyped-call]

    @property
    def vocab_size(self) -> int:
        """Number of tokens."""
        return len(self._tokens)

    def get_vocab(self) -> dict[str, int]:
        """Token to id."""
        return dict(self._ids)

    def _tokenize(self, text: str, **_options: Any) -> list[str]:
        return [self._tokens[n] for n in self._own.ids(text)]

    def _convert_token_to_id(self, token: str) -> int:
        return self._ids.get(token, UNK)

    def _convert_id_to_token(self, index: int) -> str:
        return self._tokens[index]

    def build_inputs_with_special_tokens(
        self, token_ids_0: list[int], token_ids_1: list[int] | None = None
    ) -> list[int]:
        """``[CLS] text [SEP]``, or ``[CLS] text [SEP] second [SEP]``."""
        second = [*token_ids_1, SEP] if token_ids_1 is not None else []
        return [CLS, *token_ids_0, SEP, *second]

    def create_token_type_ids_from_sequences(
        self, token_ids_0: list[int], token_ids_1: list[int] | None = None
    ) -> list[int]:
        """A single text is type 0; of a pair, the first is a title (type 1) and the second the text (0)."""
        if token_ids_1 is None:
            return [0] * (len(token_ids_0) + 2)
        return [0] + [1] * (len(token_ids_0) + 1) + [0] * (len(token_ids_1) + 1)

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str]:
        """Copy the vocabulary file."""
        target = Path(save_directory) / (f"{filename_prefix}-{_FILE}" if filename_prefix else _FILE)
        if target.resolve() != self._path.resolve():
            shutil.copyfile(self._path, target)
        return (str(target),)
