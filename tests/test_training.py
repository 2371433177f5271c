"""Training on tiny models: what is resumed is what would have been, what is exported is what was trained."""

# ruff: noqa: E402, PLC0415, S311 - what needs torch is imported once it is there; draws of a test
from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from safetensors.torch import save_file

from moderation.classifiers import load_classifier
from moderation.classifiers.bundle import Calibration, Threshold
from moderation.classifiers.network import Network, Wide
from moderation.classifiers.tokenise import CLS, MASK, PAD, SEP, SPECIAL, Tokeniser, Vocabulary
from moderation.classifiers.torch_backend import load_torch_classifier
from moderation.domain.convention import Category
from moderation.training import calibrate, limits, posts, sources, statistics, views
from moderation.training.augment import fill, vary
from moderation.training.batches import Batches, homophones
from moderation.training.corpus import Corpus, bucket, rarer_first, read_posts, split_of, take
from moderation.training.electra import Shape, bert_config
from moderation.training.embed import first_embeddings
from moderation.training.export import Facts, export_onnx, quantise, write_bundle
from moderation.training.finetune import Recipe, finetune, rate_at, read_network
from moderation.training.labels import (
    BINARY,
    HEADS,
    INTENTS,
    NOT_NEGATIVE,
    OUTPUTS,
    SENTIMENTS,
    SERVED,
    Example,
)
from moderation.training.losses import loss
from moderation.training.ngrams import EXPERTS, Linear, expert_logits, named, sound_table, train_experts
from moderation.training.pretrain import Plan, Run, constant_rate, decay, train
from moderation.training.stacking import fit_all, given_by, join
from moderation.training.tokenised import CONTINUES, Lines, tokenise_files
from moderation.training.vocabulary import build as build_vocabulary

if TYPE_CHECKING:
    from pathlib import Path

torch.set_num_threads(1)  # many threads stall where other work wants the cores
TINY = Shape(layers=1, width=16, heads=2, ffn=16, positions=64)
TEXTS = [
    "今天天气不错我们去公园走走吧",
    "加微信领红包稳赚不赔",
    "这家店的面很好吃",
    "你真是个笨蛋快滚开",
    "hello 你好 123456",
] * 8


@pytest.fixture
def vocabulary() -> Vocabulary:
    return build_vocabulary(TEXTS, least=1)


@pytest.fixture
def lines(tmp_path: Path, vocabulary: Vocabulary) -> Lines:
    vocabulary.write(tmp_path / "vocab.json")
    (tmp_path / "a.txt").write_text("\n".join(TEXTS), encoding="utf-8")
    return tokenise_files(tmp_path / "vocab.json", [tmp_path / "a.txt"], tmp_path / "lines", workers=1)


def network_of(vocabulary: Vocabulary) -> Network:
    from transformers import BertModel

    torch.manual_seed(3)
    return Network(BertModel(bert_config(TINY, len(vocabulary.tokens)), add_pooling_layer=False), OUTPUTS)


def experts_of(vocabulary: Vocabulary, size: int) -> dict[str, Any]:
    """Experts with random tables."""
    torch.manual_seed(4)
    learners = {expert.name: Linear(size) for expert in EXPERTS}
    for learner in learners.values():
        torch.nn.init.normal_(learner.table, std=0.5)
    return named(Wide(1, sound_table(vocabulary.tokens), size), learners)


def weights_of(own: dict[str, list[float]]) -> dict[str, dict[str, list[float]]]:
    """The same weights for every head; what is not given counts nothing."""
    found = {}
    places = {name: (n, n + 1) for n, name in enumerate(BINARY)} | HEADS
    for head, (first, last) in places.items():
        if head in ("binary", "auxiliary"):
            continue
        found[head] = {part: own.get(part, [0.0, 0.0]) for part in given_by(first)} | {
            "shift": [0.1] * (last - first)
        }
    return found


# ---------------------------------------------------------------- pre-training


def test_lines_mark_what_continues_a_word(lines: Lines, vocabulary: Vocabulary) -> None:
    first = lines.line(0)
    spelled = [
        ("+" if value & CONTINUES else " ") + vocabulary.tokens[value & (CONTINUES - 1)] for value in first
    ]
    assert "".join(spelled).startswith(" 今+天+天+气 不+错 我+们 去")
    assert len(lines) == len(TEXTS)


def test_a_batch_depends_on_nothing_but_its_number(lines: Lines, vocabulary: Vocabulary) -> None:
    sounds = homophones(vocabulary.tokens)
    one, other = (Batches(lines, 256, seed=4, longest=64, sounds=sounds) for _ in range(2))
    for number in (7, 0, 3):
        a, b = one.step(number), other.step(number)
        assert np.array_equal(a.masked, b.masked)
        assert np.array_equal(a.places, b.places)
    assert not np.array_equal(one.step(0).masked, one.step(0, 1, 2).masked)


def test_hidden_places_are_text_and_are_asked_for(lines: Lines) -> None:
    batch = Batches(lines, 256, seed=4, longest=64).step(1)
    wanted = batch.original.ravel()[batch.places]
    assert (wanted >= len(SPECIAL)).all()
    assert (batch.masked.ravel()[batch.places] == MASK).mean() > 0.5
    assert set(batch.original[:, 0]) == {CLS}
    assert (batch.counted[batch.original == PAD] == 0).all()


@pytest.mark.parametrize("objective", ["masked", "replaced"])
def test_a_killed_run_goes_on_as_if_nothing_had_happened(
    tmp_path: Path, lines: Lines, vocabulary: Vocabulary, objective: str
) -> None:
    plan = Plan(objective=objective, shape=TINY, tokens=128, warm_up=2, longest=64)
    batches = Batches(
        lines, plan.tokens, plan.seed, longest=plan.longest, sounds=homophones(vocabulary.tokens)
    )
    straight = Run(plan, vocabulary, "cpu")
    for _ in range(4):
        straight.advance(batches, 0, 1, 1e-3)
    first = Run(plan, vocabulary, "cpu")
    for _ in range(2):
        first.advance(batches, 0, 1, 1e-3)
    first.save(tmp_path / "run")
    second = Run(plan, vocabulary, "cpu")
    assert second.load(tmp_path / "run")
    for _ in range(2):
        second.advance(batches, 0, 1, 1e-3)
    assert (second.steps, second.tokens) == (straight.steps, straight.tokens)
    for one, other in zip(straight.masters.weights, second.masters.weights, strict=True):
        assert torch.equal(one, other)


def test_pre_training_learns_and_its_encoder_loads_anywhere(
    tmp_path: Path, lines: Lines, vocabulary: Vocabulary
) -> None:
    from transformers import AutoModel

    plan = Plan(shape=TINY, tokens=256, rate=5e-3, warm_up=5, longest=64)
    batches = Batches(lines, plan.tokens, plan.seed, longest=plan.longest)
    run = Run(plan, vocabulary, "cpu")
    size = len(vocabulary.tokens)
    run.begin(first_embeddings(lines, size, TINY.width), torch.ones(size))
    before = run.advance(batches, 0, 1, 1e-4)["masked"]
    train(run, batches, tmp_path, lambda each: each.steps >= 60, lambda _: None)
    assert (tmp_path / "trunk.pt").exists()
    decay(run, batches, steps=5)
    after = run.advance(batches, 0, 1, 1e-4)["masked"]
    assert after < before - 0.5
    run.export(tmp_path / "encoder")
    encoder = AutoModel.from_pretrained(tmp_path / "encoder")
    assert encoder.config.hidden_size == TINY.width
    other = Run(plan, vocabulary, "cpu")
    other.begin(first_embeddings(lines, size, TINY.width), torch.ones(size))
    other.adopt(tmp_path / "encoder")
    for name, weight in run.masters.named("encoder.").items():
        assert torch.allclose(weight, other.masters.named("encoder.")[name], atol=1e-3)
    assert constant_rate(plan, 0) < constant_rate(plan, 100) == plan.rate


# ---------------------------------------------------------------- labels and losses


def labels_of(*examples: Example) -> dict[str, Any]:
    return views.label_tensors(examples)


def test_what_is_unknown_costs_nothing() -> None:
    logits = torch.zeros(1, OUTPUTS, requires_grad=True)
    value = loss(logits, labels_of(Example("x", "cold", binary={"offence": (1.0, 1.0)})))
    value.backward()
    touched = logits.grad[0].nonzero().flatten().tolist()
    assert touched == [BINARY.index("offence")]


def test_a_source_of_two_poles_leaves_neutral_alone() -> None:
    logits = torch.zeros(1, OUTPUTS, requires_grad=True)
    loss(logits, labels_of(Example("x", "weibo2018", sentiment=2, poles=True))).backward()
    negative, neutral, positive = logits.grad[0, slice(*HEADS["sentiment"])].tolist()
    assert neutral == 0.0
    assert negative > 0.0 > positive


def test_not_negative_asks_for_neutral_or_positive() -> None:
    logits = torch.zeros(1, OUTPUTS, requires_grad=True)
    loss(logits, labels_of(Example("x", "finnsp", target=NOT_NEGATIVE))).backward()
    negative, neutral, positive = logits.grad[0, slice(*HEADS["target"])].tolist()
    assert negative > 0.0 > neutral == pytest.approx(positive)


@pytest.mark.parametrize(
    ("name", "row", "head", "expected"),
    [
        ("cold", {"offence": 1, "weight": 0.8}, "offence", 1.0),
        ("cold", {"offence": 1, "weight": 0.8}, "abuse", None),
        ("cold", {"offence": 0, "weight": 0.8}, "abuse", 0.0),
        ("swsr", {"offence": 1, "weight": 0.8}, "offence", None),
        ("swsr", {"offence": 1, "weight": 0.8}, "hate", 1.0),
        ("fbs_sms", {"ad": 1, "weight": 1.0, "category": "illegal_gambling"}, "gambling", 1.0),
        ("fbs_sms", {"ad": 1, "weight": 1.0, "category": "ad_retail"}, "fraud", 0.0),
        ("fbs_sms", {"ad": 1, "weight": 1.0, "category": "ad_loan"}, "fraud", None),
        ("ewect", {"sentiment": "negative", "weight": 1.0}, "ad", 0.0),
        ("ewect", {"sentiment": "negative", "weight": 1.0}, "abuse", None),
        ("chsd_hate", {"category": "hate", "weight": 0.7}, "hate", 1.0),
    ],
)
def test_labels_say_what_their_source_says(
    name: str, row: dict[str, object], head: str, expected: float | None
) -> None:
    (example,) = sources.examples_of(name, {"text": "x", **row})
    assert example.binary.get(head, (None, 0))[0] == expected


def test_ewect_dev_is_a_test_and_test_rows_are_never_trained_on(tmp_path: Path) -> None:
    assert split_of("ewect", {"split": "dev", "id": "a"}) == "test"
    rows = [
        {"id": f"r{n}", "text": f"文{n}", "split": "test" if n % 2 else "train", "offence": 0, "weight": 1}
        for n in range(40)
    ]
    (tmp_path / "cold.jsonl").write_text("", encoding="utf-8")
    import lzma

    with lzma.open(tmp_path / "cold.jsonl.xz", "wt", encoding="utf-8") as out:
        out.write("".join(json.dumps(row) + "\n" for row in rows))
    corpus = Corpus(tmp_path, None)
    assert {each.text for each in corpus.one_pass(0)} == {
        row["text"] for row in rows if row["split"] == "train"
    }
    assert len(corpus.held("test")["cold"]) == 20


def test_a_draw_is_repeatable_and_changes_with_the_seed() -> None:
    examples = [Example(str(n), "x") for n in range(50)]
    assert take(examples, 10, 1) == take(examples, 10, 1) != take(examples, 10, 2)
    assert bucket("a") == bucket("a")


# ---------------------------------------------------------------- augmentation and views


def test_placeholders_are_filled_and_views_repeat() -> None:
    text = "<name>经理<bank>贷款<num>万电<phone>加<wechat>"
    filled = fill(text, random.Random(1))
    assert "<name>" not in filled
    assert "<wechat>" not in filled
    assert filled == fill(text, random.Random(1)) != fill(text, random.Random(2))
    assert vary("加微信", random.Random(3), filled=False, cloakable=False, cloaked_share=1.0) == "加微信"
    seen = {
        vary("加微信领红包", random.Random(n), filled=False, cloakable=True, cloaked_share=1.0)
        for n in range(20)
    }
    assert len(seen) > 5


def test_steps_of_one_width_have_one_size_and_hold_everything(vocabulary: Vocabulary) -> None:
    examples = [Example(text, "x") for text in TEXTS]
    steps = views.plan(examples, tokens=96, limit=64, seed=1, ranks=2)
    assert {n for step in steps for n in step.members} == set(range(len(examples)))
    sizes = {step.width: {len(each.members) for each in steps if each.width == step.width} for step in steps}
    assert all(len(size) == 1 for size in sizes.values())
    tokeniser = Tokeniser(vocabulary)
    for ids, types, _ in views.batches(examples, steps, tokeniser, seed=1, share=(1, 2)):
        assert ids.shape == types.shape
        assert (ids[:, 0] == CLS).all()
        assert ((ids == SEP).sum(1) == 1).all()


# ---------------------------------------------------------------- fine-tuning, export, serving


def tiny_corpus(tmp_path: Path) -> Corpus:
    import lzma

    rows = [
        {
            "id": f"c{n}",
            "text": text + str(n),
            "split": "train",
            "offence": int("笨蛋" in text),
            "weight": 1.0,
        }
        for n, text in enumerate(TEXTS)
    ]
    with lzma.open(tmp_path / "cold.jsonl.xz", "wt", encoding="utf-8") as out:
        out.write("".join(json.dumps(row) + "\n" for row in rows))
    return Corpus(tmp_path, None)


def test_fine_tuning_that_was_killed_ends_where_it_would_have(tmp_path: Path, vocabulary: Vocabulary) -> None:
    corpus, tokeniser = tiny_corpus(tmp_path), Tokeniser(vocabulary)
    recipe = Recipe(
        passes=6, tokens=256, together=4, rate=5e-3, limit=64, weak=0, minutes_between_checkpoints=0.0
    )

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    finetune(network_of(vocabulary), tokeniser, corpus, recipe, tmp_path / "straight", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        finetune(network_of(vocabulary), tokeniser, corpus, recipe, tmp_path / "killed", stop)
    assert (tmp_path / "killed" / "finetune.pt").exists()
    finetune(network_of(vocabulary), tokeniser, corpus, recipe, tmp_path / "killed", lambda _: None)
    straight, killed = (read_network(tmp_path / name).state_dict() for name in ("straight", "killed"))
    assert all(torch.equal(straight[name], killed[name]) for name in straight)
    assert not (tmp_path / "killed" / "finetune.pt").exists()


def test_fine_tuning_learns(tmp_path: Path, vocabulary: Vocabulary) -> None:
    corpus, tokeniser = tiny_corpus(tmp_path), Tokeniser(vocabulary)
    seen: list[float] = []
    recipe = Recipe(passes=12, tokens=256, rate=5e-3, head_scale=1.0, limit=64, weak=0)
    network = network_of(vocabulary)
    finetune(network, tokeniser, corpus, recipe, tmp_path / "run", lambda report: seen.append(report.loss))
    assert seen[-1] < seen[0] * 0.7
    trained = read_network(tmp_path / "run")
    ids, types = views.pad([tokeniser.encode("你真是个笨蛋"), tokeniser.encode("这家店的面很好吃")], 24)
    offence = trained(torch.from_numpy(ids), torch.from_numpy(types))[:, BINARY.index("offence")]
    assert offence[0] > offence[1]
    assert rate_at(recipe, 0, 100) < rate_at(recipe, 6, 100) > rate_at(recipe, 99, 100)


def test_int8_onnx_says_what_torch_says(tmp_path: Path, vocabulary: Vocabulary) -> None:
    network = network_of(vocabulary)
    experts = experts_of(vocabulary, 512)
    join(network, experts, weights_of({"deep": [0.5, 0.2], "all": [1.0, 0.3], "review": [0.5, -0.2]}))
    (tmp_path / "network").mkdir()
    save_file(network.state_dict(), tmp_path / "network" / "network.safetensors")
    network.encoder.config.save_pretrained(tmp_path / "network")
    network = read_network(tmp_path / "network")
    vocabulary.write(tmp_path / "vocab.json")
    export_onnx(network, tmp_path / "packed.onnx", packed=True)
    quantise(tmp_path / "packed.onnx", tmp_path / "int8.onnx")
    facts = Facts("tiny", "1", "2026-11-21", Calibration({}, {}), {"ad": Threshold(0.5, None)}, max_length=64)
    others = (tmp_path / "network" / "network.safetensors", tmp_path / "network" / "config.json")
    write_bundle(tmp_path / "bundle", facts, tmp_path / "int8.onnx", tmp_path / "vocab.json", others)
    small, exact = load_classifier(tmp_path / "bundle"), load_torch_classifier(tmp_path / "bundle", "cpu")
    texts = [*TEXTS[:5], "", "😀", "长" * 300]
    for one, other in zip(small.score(texts), exact.score(texts), strict=True):
        assert one.ad == pytest.approx(other.ad, abs=0.05)
        for category in Category:
            assert one.categories[category] == pytest.approx(other.categories[category], abs=0.05)
    assert small.bundle.thresholds["ad"].review == 0.5
    (first,) = small.target_sentiment([(TEXTS[2], 0, 3)])
    (second,) = exact.target_sentiment([(TEXTS[2], 0, 3)])
    assert first.probability == pytest.approx(second.probability, abs=0.05)


def test_rewriting_a_bundle_keeps_it_loadable(tmp_path: Path, vocabulary: Vocabulary) -> None:
    vocabulary.write(tmp_path / "vocab.json")
    export_onnx(network_of(vocabulary), tmp_path / "model.onnx")
    for version in ("1", "2"):
        facts = Facts("tiny", version, "2026-11-21", Calibration({}, {}), {})
        write_bundle(tmp_path / "tiny", facts, tmp_path / "model.onnx", tmp_path / "vocab.json")
        assert load_classifier(tmp_path / "tiny").version == f"tiny {version}"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["tiny"]


def test_a_homophone_leaves_the_runs_of_syllables_as_they_are() -> None:
    vocabulary = Vocabulary((*SPECIAL, *"傻沙逼比你真是"), {})
    tokeniser = Tokeniser(vocabulary)
    wide = Wide(2, sound_table(vocabulary.tokens), 4096)
    plain, cloaked, other = (
        set(wide.runs(torch.tensor([tokeniser.encode(text)[0]]))[0].tolist())
        for text in ("你真是傻逼", "你真是沙比", "是你真你是")
    )
    assert len(plain & cloaked) > len(plain & other)
    same = {n for n in plain & cloaked if n != wide.size}
    assert (
        len(same) >= 4 + 4
    )  # pairs and triples of [CLS] 你 真 是 sha bi [SEP], and the runs of characters before
    padded = wide.runs(torch.tensor([[*tokeniser.encode("你真是傻逼")[0], 0, 0, 0]]))
    assert set(padded[0].tolist()) - {wide.size} == plain


def test_experts_learn_their_own_sources_and_leave_other_columns_alone(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    tokeniser, corpus = Tokeniser(vocabulary), tiny_corpus(tmp_path)
    seen: list[tuple[str, int]] = []
    experts = train_experts(
        tokeniser, corpus, lambda name, epoch, _: seen.append((name, epoch)), passes=3, size=2048
    )
    assert seen == [(each.name, epoch) for epoch in range(3) for each in EXPERTS]
    texts = [Example("你真是个笨蛋", "cold"), Example("这家店的面很好吃", "cold", span=(0, 3))]
    found = expert_logits(experts, tokeniser, texts)
    for name in ("all", "cold"):
        assert found[name][0, 0] > 0.5 > found[name][1, 0]
    assert (found["posts"] == 0).all()
    assert (found["cold"][:, 1:] == 0).all()
    assert found["gate"].shape == (2,)


def test_the_mixture_trusts_the_part_that_is_right_and_folds_to_the_same_logits(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    network, experts = network_of(vocabulary), experts_of(vocabulary, 512)
    tokeniser = Tokeniser(vocabulary)
    rng = np.random.default_rng(1)
    labels = rng.random(400) < 0.5
    examples = [
        Example(TEXTS[n % 5] + str(n), "posts", binary={"offence": (float(y), 1.0)}, sentiment=2 * int(y))
        for n, y in enumerate(labels)
    ]
    signs = torch.from_numpy(2.0 * labels - 1.0).float()
    parts = {name: torch.from_numpy(rng.normal(size=(400, SERVED))).float() for name in given_by(0)}
    parts |= {name: torch.zeros(400, SERVED) for name in ("social", "review")}
    parts |= {"gate": torch.zeros(400)}
    parts["all"][:, 0] += 3 * signs
    weights = fit_all(parts, examples)
    assert weights["offence"]["all"][0] > 3 * weights["offence"]["deep"][0]
    assert weights["ad"]["deep"][0] == pytest.approx(0.7, abs=0.01)
    before = network.eval()(
        *(torch.from_numpy(each) for each in views.pad([tokeniser.encode(TEXTS[0])], 20))
    ).detach()
    own = expert_logits(experts, tokeniser, [Example(TEXTS[0], "x")])
    join(network, experts, weights)
    after = network(
        *(torch.from_numpy(each) for each in views.pad([tokeniser.encode(TEXTS[0])], 20))
    ).detach()
    column = BINARY.index("ad")
    expected = (
        sum(weights["ad"][name][0] * float(own[name][0, column]) for name in ("all", "posts"))
        + weights["ad"]["deep"][0] * float(before.detach()[0, column])
        + weights["ad"]["shift"][0]
    )
    assert float(after[0, column]) == pytest.approx(expected, abs=0.02)
    first = HEADS["sentiment"][0]
    review = 1 / (1 + np.exp(-float(own["gate"][0])))
    expected = (
        sum(
            (weight[0] + review * weight[1]) * float((before if name == "deep" else own[name])[0, first])
            for name, weight in weights["sentiment"].items()
            if name != "shift"
        )
        + weights["sentiment"]["shift"][0]
    )
    assert after.shape == (1, SERVED)
    assert float(after[0, first]) == pytest.approx(expected, abs=0.05)
    weights["target"]["all"] = [0.5, 0.25]
    weights["target"]["deep"] = [0.5, -0.25]
    fresh = network_of(vocabulary)
    join(fresh, experts, weights)
    ids, types = views.pad([tokeniser.encode(TEXTS[0])], 20)
    towards = fresh.eval()(torch.from_numpy(ids), torch.from_numpy(types)).detach()
    place = HEADS["target"][0]
    expected = (
        sum(
            weight[0] * float((before if name == "deep" else own[name])[0, place])
            + weight[1] * float((before if name == "deep" else own[name])[0, first])
            for name, weight in weights["target"].items()
            if name != "shift"
        )
        + weights["target"]["shift"][0]
    )
    assert float(towards[0, place]) == pytest.approx(expected, abs=0.05)


def test_rare_categories_weigh_more_and_harmless_posts_do_not() -> None:
    rows = [
        Example(str(n), "posts", binary={name: (float(n < 10), 1.0) for name in BINARY}) for n in range(1000)
    ]
    first, *_, last = rarer_first([*rows, Example("x", "posts", target=1, span=(0, 1))])[:1000]
    assert first.binary["gambling"] == pytest.approx((1.0, np.sqrt(10)), abs=1e-6)
    assert last.binary["gambling"] == (0.0, 1.0)


def test_what_the_author_of_a_clause_file_left_out_is_unknown(tmp_path: Path) -> None:
    row: dict[str, object] = {
        "text": "在吗",
        "title": None,
        "categories": [],
        "offence": 0,
        "clauses": [],
        "near_miss": [],
        "targets": [],
    }
    given = [("c1-1", "neutral", "other"), ("c5-1", "neutral", "other"), ("c1-2", "negative", "question")]
    rows = [row | {"id": a, "sentiment": b, "intent": c, "split": "dev"} for a, b, c in given]
    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in rows), encoding="utf-8")
    first, second, third = read_posts(path, "dev")
    assert (first.sentiment, first.intent) == (None, None)
    assert (second.sentiment, second.intent) == (SENTIMENTS.index("neutral"), INTENTS.index("other"))
    assert (third.sentiment, third.intent) == (SENTIMENTS.index("negative"), INTENTS.index("question"))
    assert len(first.binary) == len(BINARY)


def test_further_files_leave_earlier_posts_where_they_are(tmp_path: Path) -> None:
    lines = [f"第{n}个人说了第{n * 7}句完全不同的话{'嗯' * (n % 5)}" for n in range(40)]
    old = tmp_path / "c2_x.jsonl"
    old.write_text("\n".join(json.dumps({"t": each}, ensure_ascii=False) for each in lines), encoding="utf-8")
    before, _ = posts.build([old])
    more = tmp_path / "c10_y.jsonl"
    more.write_text(json.dumps({"t": lines[0] + "！"}, ensure_ascii=False), encoding="utf-8")
    after, _ = posts.build([more, old])
    assert after[: len(before)] == before
    assert len(after) == len(before)


# ---------------------------------------------------------------- calibration and figures


def test_platt_finds_an_overconfident_scale() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(0, 1.5, 6000)
    labels = (rng.random(6000) < 1 / (1 + np.exp(-true))).astype(np.float64)
    scale, shift = calibrate.platt(true * 3 + 1, labels)
    assert scale == pytest.approx(1 / 3, rel=0.1)
    assert shift == pytest.approx(-1 / 3, abs=0.1)
    found = calibrate.probabilities(true * 3 + 1, (scale, shift))
    assert statistics.calibration_error(found, labels) < 0.03
    assert calibrate.platt(true[:3], labels[:3]) == (1.0, 0.0)


def test_a_block_threshold_is_only_given_where_precision_is_sure() -> None:
    scores = np.linspace(0, 1, 1000)
    clean = (scores > 0.7).astype(np.float64)
    threshold = limits.block_threshold(scores, clean)
    assert threshold is not None
    sure = scores >= threshold
    assert statistics.wilson(int(clean[sure].sum()), int(sure.sum()))[0] >= 0.95
    assert limits.block_threshold(scores, np.tile([0.0, 1.0], 500)) is None
    assert limits.block_threshold(scores[:10], np.ones(10)) is None


def test_review_thresholds_are_lowest_where_they_find_most() -> None:
    """Two heads cost alike, one finds everything it should and the other nothing: the first gets the budget."""
    rng = np.random.default_rng(2)
    calm = rng.random((5000, 3)) ** 6
    labels = np.r_[np.ones(200), np.zeros(2000)]
    good = np.r_[0.3 + 0.7 * rng.random(200), 0.3 * rng.random(2000)]
    noise = rng.random(2200) ** 6
    heads = [
        limits.Head([(good, labels)]),
        limits.Head([(noise, labels)]),
        limits.Head([(noise, 0 * labels)]),
    ]
    near = limits.Calm(rng.random((300, 3)) ** 6, 0.05)
    found = limits.by_benefit(heads, [limits.Calm(calm, 0.02), near])
    assert (calm >= found).any(axis=1).mean() <= 0.02
    assert (near.scores >= found).any(axis=1).mean() <= 0.05
    assert found[0] < found[1]
    assert (calm[:, 0] >= found[0]).mean() > 0.012
    wide_open = limits.by_benefit(heads, [limits.Calm(calm, 1.0)])
    assert wide_open[0] < found[0] + 1e-9


def test_the_gain_of_a_threshold_is_its_f1_and_counts_less_for_few_positives() -> None:
    scores, labels = np.array([0.1, 0.4, 0.6, 0.9]), np.array([0.0, 1.0, 0.0, 1.0])
    tried = np.array([0.05, 0.4, 0.5, 0.95])
    f1 = np.array([2 * 2 / (4 + 2), 2 * 2 / (3 + 2), 2 * 1 / (2 + 2), 0.0])
    assert limits.Head([(scores, labels)]).gain(tried) == pytest.approx(f1 * 2 / 8)
    many = limits.Head([(np.tile(scores, 50), np.tile(labels, 50)), (scores, 0 * labels)])
    assert many.gain(tried) == pytest.approx(f1 * 100 / 106)


def test_block_thresholds_keep_the_budget_over_all_heads() -> None:
    calm = np.random.default_rng(2).random((5000, 4)) ** 6
    found = limits.within_budget(limits.Calm(calm, 0.02), np.array([0.1, 0.1, 0.1, np.inf]))
    assert 0.015 < (calm >= found).any(axis=1).mean() <= 0.02
    assert (found >= 0.1).all()
    assert found[3] == np.inf
    assert (limits.within_budget(limits.Calm(calm[:0], 0.02), np.full(4, 0.1)) == 0.1).all()
    given = limits.settled(np.full(16, 0.6), np.array([0.5, 0.9, *[np.inf] * 14]))
    assert (given["offence"].review, given["offence"].block, given["ad"].block) == (0.6, 0.6, 0.9)
    assert given["hate"].block is None


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"), [(0, 0, 0, 1), (50, 50, 0.9287, 1), (5, 10, 0.2366, 0.7634)]
)
def test_wilson(hits: int, total: int, low: float, high: float) -> None:
    assert statistics.wilson(hits, total) == pytest.approx((low, high), abs=1e-3)


def test_macro_f1_and_its_interval() -> None:
    wanted, said = np.array([0, 0, 1, 1] * 50), np.array([0, 1, 1, 1] * 50)
    assert statistics.macro_f1(wanted, said) == pytest.approx((2 / 3 + 4 / 5) / 2)
    low, high = statistics.bootstrap(statistics.accuracy, wanted, said)
    assert low < 0.75 < high


# ---------------------------------------------------------------- our own posts


def test_posts_are_read_split_and_freed_of_near_duplicates(tmp_path: Path) -> None:
    rows = [
        {"t": "瑞幸不如库迪,库迪真香", "b": [["库迪", "+"], ["瑞幸", "-"], ["库迪", "+"]], "s": "+"},
        {"t": "加薇看片", "c": "3.8,1.8", "k": "ad,porn", "f": "chat"},
        {"t": "警惕加微信的骗子,我妈差点被骗走三千块", "m": "1.13", "i": "complaint"},
        {"t": "警惕加微信的骗子，我妈差点被骗走三千块！", "m": "1.13"},
        {"t": "你算什么东西", "c": "2.1"},
        {"t": "x", "k": "witchcraft"},
        {"t": " "},
    ]
    path = tmp_path / "a_x.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    found, problems = posts.build([path])
    assert [each.id for each in found] == ["a-00001", "a-00002", "a-00003", "a-00005"]
    assert len(problems) == 2
    assert [(each.start, each.sentiment) for each in found[0].targets] == [
        (4, "positive"),
        (0, "negative"),
        (7, "positive"),
    ]
    assert (found[1].ad, found[1].offence, found[1].clauses) == (1, 0, ("3.8", "1.8"))
    assert found[3].offence == 1
    assert posts.counts(found)["kind"] == {"ordinary": 1, "violation": 2, "near_miss": 1}
    posts.write(found, tmp_path / "posts.jsonl")
    assert len((tmp_path / "posts.jsonl").read_text(encoding="utf-8").splitlines()) == 4


# ---------------------------------------------------------------- the commands


def test_from_text_to_figures_by_the_commands(tmp_path: Path) -> None:
    """Pre-train, fine-tune, export and evaluate on a few lines: every command, end to end."""
    import lzma

    from click.testing import CliRunner

    from moderation.training.commands import evaluate
    from moderation.training.commands import train as group

    (tmp_path / "lines.txt").write_text("\n".join(TEXTS * 4), encoding="utf-8")
    data, runner = tmp_path / "data", CliRunner()
    data.mkdir()
    rows = [
        {"id": f"c{n}", "text": text + "啊" * (n % 7), "offence": int("笨蛋" in text), "weight": 1.0}
        | {"split": ("train", "train", "dev", "test")[n // 10]}
        for n, text in enumerate(TEXTS)
    ]
    with lzma.open(data / "cold.jsonl.xz", "wt", encoding="utf-8") as out:
        out.write("".join(json.dumps(row) + "\n" for row in rows))

    def run(command: Any, *options: str) -> str:
        found = runner.invoke(command, options, catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return str(found.output)

    build = ["--folder", str(tmp_path / "build"), "--layers", "1", "--width", "64", "--tokens", "256"]
    run(
        group,
        "pretrain",
        str(tmp_path / "lines.txt"),
        *build,
        "--ranks",
        "2",
        "--together",
        "4",
        "--minutes",
        "0.02",
        "--decay-steps",
        "2",
    )
    shared = ["--vocabulary", str(tmp_path / "build" / "vocab.json"), "--data", str(data)]
    tuned = ["--encoder", str(tmp_path / "build" / "encoder"), "--output", str(tmp_path / "run")]
    weak = ["--unlabelled", str(tmp_path / "lines.txt")]
    run(
        group,
        "finetune",
        *tuned,
        *shared,
        *weak,
        *weak,
        "--ranks",
        "1",
        "--passes",
        "1",
        "--wide-passes",
        "1",
    )
    bundle = ["--bundle", str(tmp_path / "zh-tiny")]
    run(group, "export", "--network", str(tmp_path / "run"), *shared, *bundle, "--version", "1")
    run(group, "calibrate", *bundle, "--data", str(data))
    report = run(evaluate, *bundle, str(data / "cold.jsonl.xz"), "--json", str(tmp_path / "figures.json"))
    assert "| cold | offence | 10 |" in report
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert figures["files"][0]["offence"]["posts"] == 10
    found = runner.invoke(evaluate, ["--bundle", str(data), str(data / "cold.jsonl.xz")])
    assert found.exit_code == 1
    assert "bundle.json is missing" in found.output
    assert "Traceback" not in found.output


@pytest.mark.parametrize("name", ["posts", "pretrain", "finetune", "export", "calibrate"])
def test_every_command_shows_an_example(name: str) -> None:
    from click.testing import CliRunner

    from moderation.training.commands import train as group

    found = CliRunner().invoke(group, [name, "--help"])
    assert "Example: moderation train" in found.output
