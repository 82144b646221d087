"""``python -m nn``: what it prints, what it leaves behind, and what it says when something is wrong."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import nn
from nn import datasets, load
from nn.__main__ import main
from nn.commands import folder
from nn.commands import posts as main_job
from nn.datasets import DATASETS
from nn.posts import RECIPES, Check
from nn.posts.figures import OWN
from nn.training.fit import EagerEngine
from nn.training.history import History


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def houses(tmp_path):
    """A table of houses whose price is 40 per room and 2 per square metre."""
    generator = np.random.default_rng(0)
    rooms, area = generator.integers(1, 7, 40), generator.uniform(30, 150, 40).round(1)
    rows = [f"{r},{a},{40 * r + 2 * a:.1f}" for r, a in zip(rooms, area, strict=True)]
    path = tmp_path / "houses.csv"
    path.write_text("\n".join(["rooms,area,price", *rows]) + "\n")
    return path


def python_m_nn(*words: str, **options) -> subprocess.Popen:
    if os.name == "posix":  # a shell that runs the tests in the background lets them ignore Ctrl-C
        options["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    options["env"] = {**os.environ, "PYTHONPATH": str(Path(nn.__file__).parent.parent)}
    return subprocess.Popen(
        [sys.executable, "-m", "nn", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )


def files_in(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


# The main job.


@pytest.fixture
def short_main_job(monkeypatch):
    """The main job with two of its models, to keep the tests short."""
    chosen = {name: RECIPES[name] for name in ("line_by_hand", "heights")}
    monkeypatch.setattr(main_job, "RECIPES", chosen)
    return chosen


def test_the_main_job_prints_what_each_post_reports_beside_what_was_obtained(short_main_job, capsys):
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"iteration 2: m, c, L +3\.5, 2\.5, 10\.125 +3\.5, 2\.5, 10\.125", printed)
    assert re.search(r"slope +2\.5050805428051177 +2\.5050805428051177", printed)
    assert "figures, all agree" in printed
    assert re.search(
        r"\n +8 printed by the post: 8 agree\n +4 computed by running the post's own program: 4 agree", printed
    )
    assert re.search("Values run (compiled ahead of time|plain Python)", printed)


def test_the_main_job_leaves_pictures_graph_history_and_model(short_main_job, tmp_path):
    assert main(["--out", "results"]) == 0
    folder = tmp_path / "results" / "heights"
    expected = {
        "fit.png",
        "loss.png",
        "surface.png",
        "costs.png",
        "graph.svg",
        "play.html",
        "history.csv",
        "model.json",
    }
    assert files_in(folder) == expected
    assert "<svg" in (folder / "graph.svg").read_text()
    assert len(History.read_csv(folder / "history.csv")) == 13
    assert load(folder / "model.json").state_dict() == {"w.0": 2.5050805428051177, "b": 0.05203397906837089}
    assert files_in(tmp_path / "results" / "shoe_size") == {"graph.svg"}


def test_the_main_job_leaves_an_index_that_links_all_there_is(short_main_job, tmp_path):
    assert main(["--out", "results"]) == 0
    index = (tmp_path / "results" / "index.html").read_text()
    links = re.findall(r'href="([^"]+)"', index)
    assert all((tmp_path / "results" / link).is_file() for link in links)
    there = {str(path.relative_to(tmp_path / "results")) for path in (tmp_path / "results").glob("*/*")}
    assert set(links) == there
    assert "heights/play.html" in links


def test_the_main_job_fails_if_a_figure_differs(short_main_job, capsys):
    short_main_job["heights"] = replace(RECIPES["heights"], checks=lambda run: [Check("slope", "2.4", "2.5")])
    assert main([]) == 1
    printed = capsys.readouterr().out
    assert "DIFFERS slope" in printed and "1 DIFFER" in printed


def test_the_main_job_compares_all_engines(short_main_job, monkeypatch, capsys):
    monkeypatch.setitem(main_job.ENGINES, "another", EagerEngine)
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"13 epochs: .*eager [\d.]+ s.*, another [\d.]+ s", printed)
    assert re.search(r"last loss, another engine +20\.69941 +20\.69941", printed)


def test_the_main_job_can_be_printed_in_ascii(short_main_job):
    for check, expected in ((Check("", "1", "1"), "ok"), (Check("", "1", "2"), "DIFFERS")):
        code = f"from nn.commands.posts import mark, Check; print(mark(Check({check.what!r}, {check.reported!r}, "
        code = code.replace("mark, Check", "mark; from nn.posts import Check") + f"{check.obtained!r})))"
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONIOENCODING": "ascii"}, check=True
        )
        assert run.stdout.strip() == expected


@pytest.mark.slow
def test_the_whole_main_job_agrees_with_the_posts(tmp_path):
    assert main([]) == 0
    for recipe in RECIPES.values():
        if recipe.post:
            expected = {"fit.png", "loss.png", "graph.svg", "play.html", "history.csv", "model.json", *recipe.pictures}
            assert files_in(tmp_path / "runs" / recipe.name) == expected
            load(tmp_path / "runs" / recipe.name / "model.json")


# Lists.


def test_the_list_names_every_data_set_and_every_model(capsys):
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    for name in RECIPES:
        assert name in printed
    assert "height (cm) from weight (kg)" in printed


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_longer_than_the_terminal_is_wide(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["list"]) == 0
    note = "each point's by the engine, their mean by NumPy, as the post"
    main_job.print_checks([Check("step 10: gradient", "-61.98100236918255", "-61.98100236918255", note, True, OWN)])
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= columns


def test_a_note_that_does_not_fit_stands_once_below_all_that_it_is_about(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    notes = ["by the post's own program, which we ran"] * 2 + ["by a rule of three"]
    main_job.print_checks([Check(f"row {i}", "1.0", "1.0", note, True, OWN) for i, note in enumerate(notes)])
    assert capsys.readouterr().out.splitlines()[2:] == [
        "    ✓ row 0  1.0       1.0",
        "    ✓ row 1  1.0       1.0",
        "       (by the post's own program, which we ran)",
        "    ✓ row 2  1.0       1.0",
        "       (by a rule of three)",
    ]


def test_a_terminal_that_lacks_a_sign_gets_a_question_mark(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    printed, _ = python_m_nn("list").communicate(timeout=60)
    assert "bmi (standardised, ? 100 + 10)" in printed


# Training one model.


def test_training_a_model_leaves_everything_in_a_folder_of_its_name(tmp_path, capsys):
    assert main(["train", "heights", "--epochs", "5"]) == 0
    expected = {"checkpoint.json", "fit.png", "loss.png", "graph.svg", "play.html", "history.csv", "model.json"}
    assert files_in(tmp_path / "runs" / "heights") == expected | {"surface.png", "costs.png"}
    assert "stopped after 5 epochs, as many as there were to be" in capsys.readouterr().out


def test_every_option_reaches_the_training(tmp_path):
    words = "train moons --epochs 2 --lr 0.02 --batch-size 50 --optimizer sgd --seed 3 --hidden 5,4 --activation relu"
    assert main([*words.split(), "--loss", "hinge", "--out", "here"]) == 0
    assert repr(load(tmp_path / "here" / "model.json")) == "MLP(2, [5, 4, 1], 'relu')"
    checkpoint = (tmp_path / "here" / "checkpoint.json").read_text()
    for setting in ('"loss": "hinge"', '"optimizer": "SGD"', '"lr": 0.02', '"batch_size": 50', '"seed": 3'):
        assert setting in checkpoint


def test_hidden_neurons_can_be_left_out(tmp_path):
    assert main(["train", "diabetes", "--hidden=", "--epochs", "300", "--lr", "0.1", "--out", "here"]) == 0
    numbers = load(tmp_path / "here" / "model.json").state_dict()
    assert [round(number, 2) for number in numbers.values()] == [11.21, 25.25]


def test_a_data_set_without_a_model_of_its_own_gets_a_network(tmp_path, monkeypatch):
    monkeypatch.setitem(DATASETS, "steps", lambda: datasets.Dataset("steps", np.arange(8), np.arange(8), ("x",), "y"))
    assert main(["train", "steps", "--epochs", "2"]) == 0
    assert repr(load(tmp_path / "runs" / "steps" / "model.json")) == "MLP(1, [8, 8, 1], 'relu')"


def test_the_same_seed_gives_the_same_model(tmp_path):
    words = "train moons --hidden 4 --epochs 3 --batch-size 20"
    for out, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert main([*words.split(), "--seed", seed, "--out", out]) == 0
    a, b, c = ((tmp_path / out / "model.json").read_bytes() for out in "abc")
    assert a == b != c


def test_a_training_that_diverges_says_when_and_keeps_its_history(tmp_path, capsys):
    assert main(["train", "heights", "--lr", "1", "--out", "here"]) == 1
    assert re.search(r"became inf in epoch \d+.*learning rate smaller than lr=1", capsys.readouterr().out)
    assert 0 < len(History.read_csv(tmp_path / "here" / "history.csv")) < 1000


# Ctrl-C.


def test_an_interrupted_training_says_where_it_is_and_goes_on_to_the_same_result(tmp_path):
    words = ["train", "moons", "--hidden", "4", "--batch-size", "25", "--seed", "2"]
    process = python_m_nn(*words, "--epochs", "1000000", "--out", "parts", cwd=tmp_path)
    started = time.monotonic()
    while not (tmp_path / "parts" / "checkpoint.json").exists() and time.monotonic() < started + 60:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "What was reached is in parts/" in printed and "Traceback" not in printed
    assert f"Go on with: python -m nn {' '.join(words)} --epochs 1000000 --out parts --resume" in printed
    assert files_in(tmp_path / "parts") == {"checkpoint.json", "history.csv", "model.json"}
    epochs = int(re.search(r"Interrupted after ([\d,]+) of 1,000,000 epochs", printed)[1].replace(",", ""))
    assert len(History.read_csv(tmp_path / "parts" / "history.csv")) == epochs

    more = ["--epochs", str(epochs + 10)]
    assert main([*words, *more, "--out", "parts", "--resume"]) == 0
    assert main([*words, *more, "--out", "whole"]) == 0
    for name in ("model.json", "history.csv"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_finished_training_can_be_continued(tmp_path):
    assert main(["train", "line", "--epochs", "50", "--out", "whole"]) == 0
    assert main(["train", "line", "--epochs", "20", "--out", "parts"]) == 0
    assert main(["train", "line", "--epochs", "50", "--out", "parts", "--resume"]) == 0
    assert (tmp_path / "parts" / "model.json").read_bytes() == (tmp_path / "whole" / "model.json").read_bytes()


def test_a_training_is_not_continued_with_other_settings(tmp_path, capsys):
    assert main(["train", "line", "--epochs", "5", "--out", "here"]) == 0
    assert main(["train", "line", "--epochs", "9", "--lr", "0.01", "--out", "here", "--resume"]) == 2
    assert re.search(r"was made with lr=0\.05, and now it is 0\.01", capsys.readouterr().err)
    assert not (tmp_path / "here" / "unfinished").exists()


# The user's own table.


def test_a_network_is_trained_on_a_table_and_tested_on_what_was_held_out(houses, tmp_path, capsys):
    words = ["train", str(houses), "--target", "price", "--hidden", "8", "--epochs", "150", "--lr", "0.02"]
    assert main(words) == 0
    printed = capsys.readouterr().out
    parts = re.findall(
        r"mse on the (\w+) part \((\d+) points\): ([\d.]+), R² ([\d.]+); the mean: ([\d.]+), R²", printed
    )
    assert [part[:2] for part in parts] == [("training", "26"), ("validation", "6"), ("test", "8")]
    for _, _, error, explained, error_of_mean in parts:
        assert float(error) < 600 and float(explained) > 0.9 and float(error_of_mean) > 1000
    assert "model.json" in files_in(tmp_path / "runs" / "houses")


def test_only_the_features_named_are_used(houses, tmp_path):
    words = ["train", str(houses), "--target", "price", "--features", "area", "--hidden", "2", "--epochs", "1"]
    assert main(words) == 0
    assert load(tmp_path / "runs" / "houses" / "model.json").nin == 1


def test_a_saved_model_answers_for_a_table(houses, tmp_path, capsys):
    assert main(["train", str(houses), "--target", "price", "--hidden=", "--epochs", "300", "--lr", "0.1"]) == 0
    new = tmp_path / "new.csv"
    new.write_text("area,garden,rooms\n100,1,4\n50,0,2\n")  # another order, and a column more
    capsys.readouterr()
    assert main(["predict", "runs/houses/model.json", str(new)]) == 0
    rows = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert rows[0] == ["area", "garden", "rooms", "predicted price"]
    assert [float(row[-1]) for row in rows[1:]] == pytest.approx([360, 180], rel=0.02)


def test_the_folder_of_a_training_stands_for_its_model(houses, capsys):
    assert main(["train", str(houses), "--target", "price", "--epochs", "2"]) == 0
    capsys.readouterr()
    printed = []
    for model in ("runs/houses/model.json", "runs/houses"):
        assert main(["predict", model, str(houses)]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] and "predicted price" in printed[0]


def test_predictions_can_be_written_to_a_file_and_are_compared_if_the_target_is_known(houses, tmp_path, capsys):
    assert main(["train", str(houses), "--target", "price", "--hidden=", "--epochs", "5"]) == 0
    assert main(["predict", "runs/houses/model.json", str(houses), "--out", "answers.csv"]) == 0
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 41
    assert "mse against the column 'price'" in capsys.readouterr().err


def test_a_classifier_answers_with_probabilities(tmp_path, capsys):
    table = tmp_path / "classes.csv"
    table.write_text("x,class\n" + "".join(f"{x},{int(x > 0)}\n" for x in range(-10, 11)))
    words = ["train", str(table), "--target", "class", "--loss", "binary_cross_entropy", "--hidden", "4"]
    assert main(words) == 0
    assert "of the answers right" in capsys.readouterr().out
    assert main(["predict", "runs/classes/model.json", str(table)]) == 0
    answers = [float(row["probability of class"]) for row in csv.DictReader(capsys.readouterr().out.splitlines())]
    assert answers[0] < 0.5 < answers[-1]


def test_a_model_file_whose_columns_make_no_sense_is_refused_in_a_sentence(houses, tmp_path, capsys):
    nn.save(nn.Neuron(2, "linear", seed=1), tmp_path / "model.json", {"columns": [1, 2]})
    assert main(["predict", str(tmp_path / "model.json"), str(houses)]) == 2
    assert "its columns have no names" in capsys.readouterr().err


def test_of_many_points_pictures_and_pages_show_some_and_say_so():
    data = datasets.load("line", points=5000)
    some = folder.shown(data)
    assert len(some) == folder.POINT_LIMIT
    assert (some.inputs[0], some.inputs[-1]) == (data.inputs[0], data.inputs[-1])
    assert folder.shown(datasets.load("line")).inputs.shape == (10, 1)


# Classes, categories, dates and missing cells.


@pytest.fixture
def flowers(tmp_path):
    """A table of flowers whose species follows from their petals, and one of their colours."""
    generator = np.random.default_rng(0)
    rows = []
    for i, species in enumerate(("setosa", "versicolor", "virginica") * 20):
        petal = generator.normal(1.5 + 2 * (i % 3), 0.3)
        rows.append(f"{petal:.2f},{'blue' if generator.random() < 0.5 else 'white'},2024-05-{1 + i % 28:02},{species}")
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join(["petal,colour,seen,species", *rows]) + "\n")
    return path


def test_classes_that_are_texts_just_work(flowers, tmp_path, capsys):
    assert main(["train", str(flowers), "--target", "species", "--epochs", "60"]) == 0
    printed = capsys.readouterr().out
    assert "species is taken for a class, one of 3: setosa, versicolor, virginica." in printed
    assert "from petal, colour=white, seen: MLP(3, [64, 3], 'relu')" in printed
    share, baseline = re.search(
        r"test part.*, ([\d.]+)% of the answers right; always \w+: ([\d.]+)%; a linear model: ", printed
    ).groups()
    assert float(share) > 90 > float(baseline)
    assert main(["predict", "runs/flowers/model.json", str(flowers), "--probabilities"]) == 0
    printed = capsys.readouterr()
    rows = list(csv.DictReader(printed.out.splitlines()))
    assert sum(row["predicted species"] == row["species"] for row in rows) > 54
    likely = [
        max(("setosa", "versicolor", "virginica"), key=lambda name: float(row[f"probability of {name}"]))
        for row in rows
    ]
    assert likely == [row["predicted species"] for row in rows]
    assert "of the answers are those of the column 'species'" in printed.err


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "hinge"])
def test_two_classes_have_their_names_with_one_score_as_well(loss, tmp_path, capsys):
    table = tmp_path / "signs.csv"
    table.write_text("x,positive\n" + "".join(f"{x},{'true' if x > 0 else 'false'}\n" for x in range(-20, 21)))
    assert main(["train", str(table), "--target", "positive", "--loss", loss]) == 0
    capsys.readouterr()
    assert main(["predict", "runs/signs/model.json", str(table), "--probabilities"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [rows[0]["predicted positive"], rows[-1]["predicted positive"]] == ["false", "true"]
    assert ("probability of true" in rows[0]) == (loss == "binary_cross_entropy")


def test_whole_numbers_that_are_few_are_taken_for_classes_and_one_is_told(tmp_path, capsys):
    table = tmp_path / "grades.csv"
    table.write_text("x,grade\n" + "".join(f"{x},{1 + x % 3}\n" for x in range(60)))
    assert main(["train", str(table), "--target", "grade", "--epochs", "1"]) == 0
    printed = capsys.readouterr().out
    assert "grade is taken for a class, one of 3: 1, 2, 3." in printed and "say so with --loss mse" in printed
    assert main(["train", str(table), "--target", "grade", "--epochs", "1", "--loss", "mse"]) == 0
    assert "MLP(1, [64, 1], 'relu')" in capsys.readouterr().out
    table.write_text("x,grade\n" + "".join(f"{x},{x % 10}\n" for x in range(30)))
    assert main(["train", str(table), "--target", "grade", "--epochs", "1"]) == 0
    assert "taken for a number; if it is a class, say so with --loss cross_entropy" in capsys.readouterr().out


def test_missing_cells_are_dropped_or_filled_in_and_predicted_alike(houses, capsys):
    text = houses.read_text().splitlines()
    text[3] = ",".join(["", *text[3].split(",")[1:]])
    text[5] = ",".join(["NA", *text[5].split(",")[1:]])
    houses.write_text("\n".join(text))
    words = ["train", str(houses), "--target", "price", "--epochs", "2"]
    assert main(words) == 2
    message = "line 4, column 'rooms' has an empty cell, the first of 2 that are empty; fill it in, or train with"
    assert message in capsys.readouterr().err
    assert main([*words, "--missing", "drop", "--out", "dropped"]) == 0
    assert "2 of 40 rows were left out" in capsys.readouterr().out
    assert main([*words, "--missing", "mean", "--out", "filled"]) == 0
    capsys.readouterr()
    assert main(["predict", "filled/model.json", str(houses)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 41
    assert main(["predict", "dropped/model.json", str(houses)]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and "the first of 2 that are empty" in printed.err


def test_predictions_are_written_as_their_table_is_and_can_be_read_again(tmp_path):
    table = tmp_path / "commas.csv"
    table.write_text("size;price\n" + "".join(f"{x},5;{2 * x}\n" for x in range(20)))
    assert main(["train", str(table), "--target", "price", "--epochs", "1"]) == 0
    for source, out in ((str(table), "once.csv"), ("once.csv", "twice.csv")):
        assert main(["predict", "runs/commas/model.json", source, "--out", out]) == 0
    assert (tmp_path / "once.csv").read_text().startswith("size;price;predicted price\n0,5;0;")


def test_predictions_go_from_standard_input_to_standard_output(houses):
    assert main(["train", str(houses), "--target", "price", "--epochs", "1"]) == 0
    process = python_m_nn("predict", "runs/houses/model.json", "-", "--out", "-", stdin=subprocess.PIPE)
    printed, _ = process.communicate("\ufeffarea,rooms\n100,4\n", timeout=60)  # as Excel begins a file
    assert process.returncode == 0 and printed.startswith("area,rooms,predicted price\n100,4,")


def test_a_known_target_of_texts_does_not_spoil_the_predictions_of_a_number(houses, tmp_path, capsys):
    assert main(["train", str(houses), "--target", "price", "--epochs", "1"]) == 0
    (tmp_path / "new.csv").write_text("area,rooms,price\n100,4,cheap\n50,2,dear\n")
    capsys.readouterr()
    assert main(["predict", "runs/houses/model.json", "new.csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_category_that_training_did_not_see_is_named_and_nothing_is_written(flowers, tmp_path, capsys):
    assert main(["train", str(flowers), "--target", "species", "--epochs", "1"]) == 0
    (tmp_path / "new.csv").write_text("petal,colour,seen\n1,blue,2024-06-01\n1,mauve,2024-06-01\n")
    capsys.readouterr()
    assert main(["predict", "runs/flowers/model.json", "new.csv", "--out", "answers.csv"]) == 2
    assert "new.csv, line 3, column 'colour' has 'mauve', which is none of blue, white" in capsys.readouterr().err
    assert not (tmp_path / "answers.csv").exists()


# Nothing is destroyed.


def state_of(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "words", ["--epochs 0", "--epochs 5 --lr 1e200", "--epochs 5 --lr -1", "--epochs 5 --loss binary_cross_entropy"]
)
def test_a_run_that_fails_leaves_the_one_before_it_as_it_was(words, tmp_path, capsys):
    assert main(["train", "heights", "--epochs", "5"]) == 0
    before = state_of(tmp_path / "runs" / "heights")
    assert main(["train", "heights", *words.split()]) in (1, 2)
    assert state_of(tmp_path / "runs" / "heights") == before


def test_a_run_that_is_killed_leaves_the_one_before_it_and_can_be_resumed(tmp_path, capsys):
    words = ["train", "moons", "--hidden", "4", "--batch-size", "25", "--out", "here"]
    assert main([*words, "--epochs", "3"]) == 0
    before = state_of(tmp_path / "here")
    process = python_m_nn(*words, "--epochs", "1000000", cwd=tmp_path)
    beside = tmp_path / "here" / "unfinished" / "checkpoint.json"
    started = time.monotonic()
    while not beside.exists() and time.monotonic() < started + 60:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert state_of(tmp_path / "here") == before and beside.exists()
    assert main([*words, "--epochs", "4", "--resume"]) == 0
    assert files_in(tmp_path / "here") == set(before)
    assert len(History.read_csv(tmp_path / "here" / "history.csv")) == 4


def test_a_run_that_is_whole_takes_the_place_of_the_one_before_it_with_all_its_files(tmp_path):
    assert main(["train", "heights", "--epochs", "5", "--out", "here"]) == 0
    (tmp_path / "here" / "notes.txt").write_text("mine")
    assert main(["train", "moons", "--epochs", "2", "--out", "here"]) == 0
    expected = {
        "checkpoint.json",
        "fit.png",
        "loss.png",
        "graph.svg",
        "play.html",
        "history.csv",
        "model.json",
        "notes.txt",
    }
    assert files_in(tmp_path / "here") == expected  # and the surface of the heights is gone
    assert len(load(tmp_path / "here" / "model.json").parameters()) == 105


def test_what_pictures_need_is_asked_for_before_training(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(folder, "find_spec", lambda name: None)
    assert main(["train", "heights"]) == 2
    assert "pictures need matplotlib; install it with: pip install" in capsys.readouterr().err
    assert files_in(tmp_path) == set()


@pytest.mark.parametrize("name", ["...csv", "..csv", ".csv"])
def test_a_table_with_a_strange_name_stays_in_its_folder(name, houses, tmp_path):
    (tmp_path / name).write_bytes(houses.read_bytes())
    assert main(["train", name, "--target", "price", "--epochs", "1"]) == 0
    assert files_in(tmp_path / "runs") == {"csv", "index.html"}
    assert files_in(tmp_path) == {"houses.csv", name, "runs"}


def test_the_version_and_the_name_of_the_command(capsys):
    for words, expected in ((["--version"], "scalar-autograd "), (["train", "--help"], "usage: nn train")):
        assert main(words) == 0
        assert capsys.readouterr().out.startswith(expected)


def test_a_network_in_place_of_a_model_has_the_models_activation(tmp_path):
    assert main(["train", "moons", "--hidden", "3", "--epochs", "1"]) == 0
    assert repr(load(tmp_path / "runs" / "moons" / "model.json")) == "MLP(2, [3, 1], 'tanh')"


def test_momentum_decay_and_patience_reach_the_training(tmp_path):
    words = "train moons --epochs 2 --optimizer sgd --momentum 0.5 --weight-decay 0.1 --validation 0.3 --patience 7"
    assert main([*words.split(), "--out", "here"]) == 0
    checkpoint = (tmp_path / "here" / "checkpoint.json").read_text()
    for setting in ('"momentum": 0.5', '"weight_decay": 0.1', '"validation": 30', '"patience": 7'):
        assert setting in checkpoint


# Bad input.


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("train mons", "no model or data set called 'mons'; did you mean 'moons'"),
        ("train moons --loss mze", "no loss called 'mze'; did you mean 'mse'"),
        ("train moons --optimizer adm", "no optimizer called 'adm'; did you mean 'adam'"),
        ("train moons --activation rellu", "no activation called 'rellu'; did you mean 'relu'"),
        ("train moons --lr 0", "learning rate lr must be a positive number, but got 0"),
        ("train moons --lr nan", "learning rate lr must be a positive number, but got nan"),
        ("train moons --epochs -1", "epochs must be at least 0, but got -1"),
        ("train moons --batch-size 0", "batch_size must be at least 1, but got 0"),
        ("train moons --seed -1", "seed"),
        ("train moons --resume", "nothing to resume in 'runs/moons'"),
        ("train moons --target class", "--target and --features are for CSV files, and 'moons' is none"),
        ("train heights --loss binary_cross_entropy", "needs targets from 0 to 1"),
        ("train none.csv --target price", "there is no table 'none.csv'"),
        ("train none.csv", "there is no table 'none.csv'"),
        ("train moons --epochs 0", "epochs must be at least 1"),
        ("train moons --momentum 0.5", "the optimizer adam has no momentum"),
        ("train moons --patience 5", "--patience needs points to watch; give --validation"),
        ("train one.csv --target price", "the target 'price' is 'low' in every row: there is nothing to learn"),
        ("train houses.csv --target price --loss cross_entropy", "needs classes, but the target 'price' is a number"),
        ("train quote.csv --target price", "quote.csv, line 3 cannot be read"),
        ("train dates.csv --target price", "column 'when' has '01/02/2024', which can be read in several ways"),
        ("train names.csv --target price --loss mse", "the target 'price' has classes, which mse cannot take"),
        ("train houses.csv", "'houses.csv' is a table; name the column to predict with --target"),
        ("train houses.csv --target prize", "no column 'prize'; did you mean 'price'"),
        ("train houses.csv --target price --features room", "no column 'room'; did you mean 'rooms'"),
        ("train empty.csv --target price", "empty.csv is empty"),
        ("train text.csv --target price", "line 3, column 'rooms' has 'four', which is not a finite number"),
        ("train single.csv --target price", "single.csv has a single row of data"),
        ("predict houses.csv houses.csv", "'houses.csv' is not a model file"),
        ("predict none.json houses.csv", "there is no model file 'none.json'"),
        ("train moons --out houses.csv/here", "output folder 'houses.csv/here' cannot be written"),
        ("--out houses.csv", "output folder 'houses.csv' cannot be written"),
    ],
)
def test_bad_input_gets_one_sentence_and_leaves_nothing(words, message, houses, tmp_path, capsys):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "text.csv").write_text("rooms,price\n3,250\nfour,310\n")
    (tmp_path / "quote.csv").write_text('rooms,price\n3,250\n4,"310\n5,320\n')
    (tmp_path / "one.csv").write_text("rooms,price\n" + "3,low\n" * 10)
    (tmp_path / "dates.csv").write_text("when,price\n" + "".join(f"01/{i:02}/2024,{i}.5\n" for i in range(2, 32)))
    (tmp_path / "names.csv").write_text("rooms,price\n" + "3,low\n4,high\n" * 10)
    (tmp_path / "single.csv").write_text("rooms,price\n3,250\n")
    before = files_in(tmp_path)
    assert main(words.split()) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.startswith("nn: ") and printed.err.count("\n") == 1
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("words", ["train moons --hidden 4,x", "train moons --hidden 0", "train a --test 1", "jump"])
def test_words_that_make_no_command_are_refused_with_the_usage(words, capsys):
    assert main(words.split()) == 2
    assert "usage: nn" in capsys.readouterr().err


def test_a_model_file_that_was_cut_short_is_refused(houses, tmp_path, capsys):
    assert main(["train", str(houses), "--target", "price", "--hidden=", "--epochs", "1"]) == 0
    path = tmp_path / "runs" / "houses" / "model.json"
    path.write_text(path.read_text()[:-200])
    capsys.readouterr()
    assert main(["predict", str(path), str(houses)]) == 2
    assert "truncated" in capsys.readouterr().err


def test_a_table_without_rows_has_nothing_to_predict(houses, tmp_path, capsys):
    assert main(["train", str(houses), "--target", "price", "--hidden=", "--epochs", "1"]) == 0
    (tmp_path / "new.csv").write_text("rooms,area\n")
    assert main(["predict", "runs/houses/model.json", "new.csv"]) == 2
    assert "new.csv has no rows of data" in capsys.readouterr().err


def test_debugging_shows_the_traceback():
    with pytest.raises(ValueError, match="no model or data set"):
        main(["--debug", "train", "mons"])
    with pytest.raises(ValueError, match="no model or data set"):
        main(["train", "mons", "--debug"])


@pytest.mark.parametrize("words", ["nn list", "nn --version", "autograd --help", "autograd tanh(x) x=1"])
def test_a_reader_that_has_seen_enough_is_no_error(words):
    environment = {**os.environ, "PYTHONPATH": str(Path(nn.__file__).parent.parent), "PYTHONUNBUFFERED": ""}
    command = [sys.executable, "-m", *words.split()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


def test_the_command_is_a_module_that_can_be_run():
    process = python_m_nn("train", "mons")
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 2 and printed.startswith("nn: there is no model")


def test_a_feature_whose_name_has_a_comma_stands_in_quotation_marks(tmp_path):
    (tmp_path / "table.csv").write_text('"a, b",c,y\n' + "".join(f"{i},0,{i / 2}\n" for i in range(10)))
    assert main(["train", "table.csv", "--target", "y", "--features", '"a, b"', "--epochs", "1"]) == 0
    assert load(tmp_path / "runs" / "table" / "model.json").nin == 1
