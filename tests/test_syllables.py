"""Latin syllables as tokens, and characters that share what their syllable means."""

from __future__ import annotations

import copy

import pytest
import torch
from transformers import BertModel

from moderation.classifiers.network import Network
from moderation.classifiers.sounding import embed, folded, unfolded, with_means
from moderation.classifiers.syllables import Syllables
from moderation.classifiers.tokenise import SPECIAL, Tokeniser, Vocabulary
from moderation.training.electra import Shape, bert_config
from moderation.training.finetune import tie
from moderation.training.labels import OUTPUTS
from moderation.training.ngrams import sound_table
from moderation.training.vocabulary import WHOLE, build, partners

TEXTS = ["加薇信领取兼职", "杀啥傻沙 佳家 卫为", "nice game 这个 sb"]
VOCABULARY = build(TEXTS * 30, least=1)
TOKENISER = Tokeniser(VOCABULARY)


def tokens(text: str) -> list[str]:
    return [VOCABULARY.tokens[each] for each in TOKENISER.ids(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("加wei信", ["加", "wei", "信"]),
        ("jia wei xin", ["jia", "wei", "xin"]),
        ("jiaweixin", ["jia", "wei", "xin"]),
        ("ＪＩＡ wei", ["jia", "wei"]),
        ("傻bi", ["傻", "bi"]),
        ("sb", ["s", "b"]),
        ("nice", ["n", "i", "c", "e"]),
        ("wei88", ["w", "e", "i", "[LETTER]", "[LETTER]"]),
        ("信 wei", ["信", "wei"]),
    ],
)
def test_runs_that_spell_syllables_become_syllables(text: str, wanted: list[str]) -> None:
    found = tokens(text)
    assert [each for each in found if each != " "] == [
        each if each in VOCABULARY.tokens else "[LETTER]" for each in wanted
    ]


def test_a_vocabulary_without_syllables_spells_letters() -> None:
    bare = Vocabulary((*SPECIAL, *"jiawe"), {})
    assert [bare.tokens[each] for each in Tokeniser(bare).ids("jia")] == ["j", "i", "a"]


def test_a_run_is_cut_so_that_nothing_is_left_over() -> None:
    marks = {each: chr(0xF0000 + n) for n, each in enumerate(("xia", "xi", "an", "xian"))}
    syllables = Syllables(marks, ["an"])
    assert syllables.read("xian") == marks["xian"]
    assert syllables.read("xiaan") == marks["xia"] + marks["an"]
    assert syllables.read("xix") == "xix"
    assert syllables.read("an") == "an"
    assert not Syllables({})


def test_every_whole_word_could_be_read_as_syllables() -> None:
    bare = Tokeniser(Vocabulary(VOCABULARY.tokens, VOCABULARY.fold))
    read = [word for word in WHOLE.split() if bare.fold(word) == word]
    assert read == []


def test_ten_thousand_letters_are_read_at_once() -> None:
    assert len(TOKENISER.ids("wei" * 3000 + "x")) > 0
    assert tokens("xi " * 3000) == ["xi"] * 5


def test_partners_name_the_syllable_of_each_character() -> None:
    alike = partners(VOCABULARY)
    place = {token: n for n, token in enumerate(VOCABULARY.tokens)}
    assert VOCABULARY.tokens[int(alike[place["薇"]])] == "wei"
    assert alike[place["薇"]] == alike[place["卫"]]
    assert alike[place["n"]] == alike[place["wei"]] == alike[0] == 0


def test_a_syllable_sounds_as_its_characters_to_the_wide_part() -> None:
    place = {token: n for n, token in enumerate(VOCABULARY.tokens)}
    table = sound_table(VOCABULARY.tokens)
    assert table[place["薇"]] == table[place["wei"]]
    assert table[place["薇"]] != table[place["jia"]]


def test_a_folded_table_gives_what_the_shared_parts_give() -> None:
    alike = partners(VOCABULARY)
    words = torch.nn.Embedding(len(VOCABULARY.tokens), 8, padding_idx=0)
    ids = torch.tensor([TOKENISER.ids("加wei信杀"), [0, 0, 5, 6]])
    assert torch.allclose(embed(words, ids, alike), folded(words.weight, alike)[ids], atol=1e-6)
    assert torch.allclose(unfolded(folded(words.weight, alike), alike), words.weight, atol=1e-6)


def test_a_syllable_begins_as_the_mean_of_its_characters() -> None:
    alike = partners(VOCABULARY)
    place = {token: n for n, token in enumerate(VOCABULARY.tokens)}
    weight = torch.randn(len(VOCABULARY.tokens), 4)
    counts = torch.zeros(len(VOCABULARY.tokens))
    counts[place["杀"]] = 2.0
    found = with_means(weight, alike, counts)
    members = [place[each] for each in "杀啥傻沙"]
    wanted = (weight[members] * torch.tensor([3.0, 1.0, 1.0, 1.0])[:, None]).sum(0) / 6
    assert torch.allclose(found[place["sha"]], wanted, atol=1e-6)
    assert torch.equal(found[members], weight[members])


def test_tying_changes_nothing_that_the_network_says() -> None:
    torch.manual_seed(3)
    shape = Shape(layers=1, width=16, heads=2, ffn=32, positions=64)
    network = Network(BertModel(bert_config(shape, len(VOCABULARY.tokens)), add_pooling_layer=False), OUTPUTS)
    network.eval()
    ids = torch.tensor([[2, *TOKENISER.ids("加薇信领取jian职"), 3]])
    types = torch.zeros_like(ids)
    tied = copy.deepcopy(network)
    tie(tied, partners(VOCABULARY))
    assert torch.allclose(network(ids, types), tied(ids, types), atol=1e-5)
    changed = copy.deepcopy(tied)
    syllable = int(partners(VOCABULARY)[TOKENISER.ids("薇")[0]])
    with torch.no_grad():
        changed.encoder.embeddings.word_embeddings.weight[syllable] += 5 * torch.randn(16)
    assert not torch.allclose(tied(ids, types), changed(ids, types), atol=1e-4)
