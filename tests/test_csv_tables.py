"""The user's own CSV file: what is read, and the sentence that says what is wrong with it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.datasets.table import Scaling, hold_out, load_table, read


@pytest.fixture
def csv(tmp_path):
    def write(text: str | bytes):
        path = tmp_path / "houses.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_columns_are_found_by_name(csv):
    data = load_table(csv("rooms,price,area\n3,250,80\n4,310,95.5\n"), "price")
    assert data.input_names == ("rooms", "area")
    assert data.inputs.tolist() == [[3, 80], [4, 95.5]]
    assert data.targets.tolist() == [250, 310]
    assert (data.name, data.target_name) == ("houses", "price")


def test_only_the_features_asked_for_are_read(csv):
    data = load_table(csv("name,rooms,price\nElm,3,250\nOak,4,310\n"), "price", ["rooms"])
    assert data.input_names == ("rooms",)


@pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
def test_commas_semicolons_and_tabs_separate_cells(csv, separator):
    text = "\n".join(separator.join(row) for row in (["a", "b"], ["1", "2"], ["3", "4"]))
    assert load_table(csv(text), "b").inputs.tolist() == [[1], [3]]


def test_points_between_thousands_are_understood_beside_a_decimal_comma(csv):
    data = load_table(csv("a;b\n1.000,50;1\n950,25;2\n2.000;3\n-3.000.000,5;4\n2e3;5\n"), "b")
    assert data.inputs[:, 0].tolist() == [1000.5, 950.25, 2000.0, -3000000.5, 2000.0]


@pytest.mark.parametrize("other", ["999", "2.345"])
def test_points_that_may_set_thousands_apart_are_refused_where_another_column_has_decimal_commas(csv, other):
    with pytest.raises(ValueError, match=r"column 'price' has '1\.234', which"):
        load_table(csv(f"price;area\n1.234;12,5\n{other};80\n12.000;7,25\n"), "area")


def test_points_that_set_no_thousands_apart_are_decimal_whatever_another_column_has(csv):
    data = load_table(csv("price;area\n1.234;12,5\n12.5;80\n7;7,25\n"), "area")
    assert data.inputs[:, 0].tolist() == [1.234, 12.5, 7]


@pytest.mark.parametrize("cell", ["0.123", "1.234.5", "1.234."])
def test_points_that_set_no_thousands_apart_beside_a_decimal_comma_are_refused(csv, cell):
    with pytest.raises(ValueError, match=re.escape(f"line 3, column 'a' has {cell!r}, which is not a finite number")):
        load_table(csv(f"a;b\n3,5;1\n{cell};2\n7,25;3\n"), "b")


def test_a_decimal_point_beside_decimal_commas_is_refused(csv):
    with pytest.raises(ValueError, match=r"line 3, column 'a' has '12\.5', which is not a finite number"):
        load_table(csv("a;b\n3,5;1\n12.5;2\n7,25;3\n"), "b")


@pytest.mark.parametrize(
    "texts",
    [
        ("1,000", "2,000", "3,500"),
        ("1,000", "999", "3,500"),
        ("1'000", "2'000.5", "3'000"),
        ("31.01.2024", "1/2/24", "2024.1.5"),
        ("01/02/2024 00:00", "31/01/2024 12:30", "05/02/2024 08:15"),
        ("$5", "$1,200.50", "-$7"),
        ("5 €", "6,50 €", "7 €"),
        ("12%", "7.5 %", "-3%"),
    ],
)
def test_numbers_and_dates_that_can_be_read_in_several_ways_are_refused_and_no_categories(csv, texts):
    rows = "".join(f'"{text}",{i}\n' for i, text in enumerate(texts * 4))
    with pytest.raises(
        ValueError, match=re.escape(f"column 'a' has {texts[0]!r}, which can be read in several ways; write")
    ):
        load_table(csv(f"a,b\n{rows}"), "b")


def test_texts_of_digits_that_are_neither_numbers_nor_dates_are_categories(csv):
    data = load_table(csv("a,b\n12:30,1\n14:00,2\n12:30,3\n1.2.3-rc,4\n"), "b")
    assert data.input_names == ("a=1.2.3-rc", "a=12:30", "a=14:00")


def test_quotes_byte_order_marks_and_blank_lines_are_understood(csv):
    data = load_table(csv(b'\xef\xbb\xbf"a, b",c\r\n\r\n1,2\r\n3,4\r\n\r\n'), "c")
    assert data.input_names == ("a, b",)
    assert data.targets.tolist() == [2, 4]


def test_a_missing_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_table(tmp_path / "none.csv", "price")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; it needs a line with the names"),
        ("\n \n", "is empty"),
        ("rooms,price\n", "has no rows of data; at least two"),
        ("rooms,price\n3,250\n", "has a single row of data; at least two"),
        ("rooms,cost\n3,250\n4,310\n", r"has no column 'price'; it has 'rooms', 'cost'"),
        ("rooms,prices\n3,250\n4,310\n", r"has no column 'price'; did you mean 'prices'\?"),
        ("rooms,price\n3,250\nfour,310\n", "line 3, column 'rooms' has 'four', which is not a finite number"),
        ("rooms,price\n3,250\n\n4,\n", "line 4, column 'price' has an empty cell; fill it in, or train with --missing"),
        ("rooms,price\n3,nan\n4,310\n", "line 2, column 'price' has 'nan', which is not a finite number"),
        ("rooms,price\n3,1_000\n4,310\n", "column 'price' has '1_000'"),
        ("rooms,price\n3,250,9\n4,310\n", "the first line names 2 columns; write a cell that has ','"),
        ("rooms,rooms,price\n3,3,250\n4,4,310\n", "more than one column 'rooms'; its first line must name each"),
        (",rooms,price\n0,3,250\n1,4,310\n", "has a column without a name, such as the row numbers"),
        ("price\n250\n310\n", "no column besides the target 'price'"),
        (b"rooms,price\n\xff\xfe,3\n4,5\n", "is not text in UTF-8"),
    ],
)
def test_a_table_that_cannot_be_used_is_explained(csv, text, message):
    with pytest.raises(ValueError, match=message) as error:
        load_table(csv(text), "price")
    assert "houses.csv" in str(error.value)


def test_a_feature_that_is_missing_is_named(csv):
    with pytest.raises(ValueError, match="no column 'rooom'; did you mean 'rooms'"):
        load_table(csv("rooms,price\n3,250\n4,310\n"), "price", ["rooom"])


def test_the_target_cannot_be_a_feature(csv):
    with pytest.raises(ValueError, match="target 'price' is also among the features"):
        load_table(csv("rooms,price\n3,250\n4,310\n"), "price", ["rooms", "price"])


@given(st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=2, max_size=20))
def test_numbers_are_read_back_to_the_last_digit(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("table") / "numbers.csv"
    path.write_text("a,b\n" + "".join(f"{a!r},{b!r}\n" for a, b in rows))
    assert read(path).columns(["a", "b"]).tolist() == [list(row) for row in rows]


def test_scaling_gives_mean_0_and_deviation_1_and_nothing_is_lost():
    columns = np.random.default_rng(0).normal(5, 3, (50, 2))
    scaling = Scaling.of(columns)
    scores = scaling.apply(columns)
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(scores.std(axis=0), 1)
    np.testing.assert_allclose(scores * scaling.deviation + scaling.mean, columns)


def test_a_constant_column_is_only_moved():
    assert Scaling.of(np.full((3, 1), 7.0)).apply(np.array([[7.0], [8.0]])).tolist() == [[0], [1]]


@given(st.integers(2, 200), st.floats(0, 1), st.integers(0, 5))
def test_every_point_is_either_trained_on_or_held_out(points, fraction, seed):
    train, test = hold_out(points, fraction, seed)
    assert sorted([*train, *test]) == list(range(points))
    assert len(train) > 0 and len(test) > 0


def test_the_split_depends_on_the_seed_alone():
    assert (hold_out(50, 0.2, 3)[1] == hold_out(50, 0.2, 3)[1]).all()
    assert (hold_out(50, 0.2, 3)[1] != hold_out(50, 0.2, 4)[1]).any()


# Columns that are no numbers, and texts that are hard to read.


def test_categories_become_a_column_for_each_and_two_of_them_a_single_one(csv):
    data = load_table(csv("size,sold,price\nS,no,1\nM,yes,2\nL,no,3\n"), "price")
    assert data.input_names == ("size=L", "size=M", "size=S", "sold=yes")
    assert data.inputs.tolist() == [[0, 0, 1, 0], [0, 1, 0, 1], [1, 0, 0, 0]]


def test_dates_become_days(csv):
    data = load_table(csv("when,price\n1970-01-02,1\n1970-01-03T12:00,2\n1969-12-31 00:00:00+00:00,3\n"), "price")
    assert data.inputs.tolist() == [[1], [2.5], [-1]]


def test_a_target_of_texts_is_numbered_in_the_order_of_its_classes(csv):
    data = load_table(csv("x,y\n1,b\n2,a\n3,b\n"), "y")
    assert (data.classes, data.targets.tolist()) == (("a", "b"), [1, 0, 1])


def test_whole_numbers_are_classes_where_it_is_wanted_or_they_are_few(csv):
    path = csv("x,y\n" + "1,3\n2,5\n" * 10)
    assert load_table(path, "y").classes == ()
    assert load_table(path, "y", classes=True).classes == load_table(path, "y", classes=None).classes == ("3", "5")
    assert load_table(path, "y", classes=None).targets[:2].tolist() == [0, 1]
    assert load_table(csv("x,y\n1,3\n2,5\n"), "y", classes=None).classes == ()


def test_missing_cells_are_left_out_or_filled_in_with_the_mean_or_the_commonest(csv):
    path = csv("a,b,y\n1,u,1\n,u,2\n3,,3\n8,v,4\n9,v,\n")
    assert load_table(path, "y", missing="drop").inputs.tolist() == [[1, 0], [8, 1]]
    filled = load_table(path, "y", missing="mean")
    assert filled.targets.tolist() == [1, 2, 3, 4]  # a target is never made up
    assert filled.inputs.tolist() == [[1, 0], [4, 0], [3, 0], [8, 1]]


@pytest.mark.parametrize(
    ("text", "names", "first"),
    [
        ("a;b\n1,5;2\n1.234,5;3\n", ("a", "b"), [1.5, 2]),
        ('"a,b";c\n1;2\n3;4\n', ("a,b", "c"), [1, 2]),
        ('"a\n;b",c\n1,2\n3,4\n', ("a\n;b", "c"), [1, 2]),
        ("a\u2028b,c\x0bd\n1,2\n3,4\n", ("a\u2028b", "c\x0bd"), [1, 2]),
        ("a,b\r1,2\r3,4\r", ("a", "b"), [1, 2]),
    ],
)
def test_separators_within_quotes_and_strange_breaks_are_understood(csv, text, names, first):
    table = read(csv(text))
    assert tuple(table.names) == names
    assert table.columns(names)[0].tolist() == first


def test_a_number_that_is_too_large_to_be_squared_is_refused(csv):
    with pytest.raises(ValueError, match="line 3, column 'x' has '1e308', which is too large: use another unit"):
        load_table(csv("x,y\n1,2\n1e308,4\n"), "y")


def test_whole_numbers_that_become_one_float_are_refused(csv):
    text = "id,b\n9007199254740992,1\n5,2\n9007199254740993,3\n"
    message = r"line 4, column 'id' has '9007199254740993', which no float tells from 9007199254740992; mend"
    for target in ("b", "id"):
        with pytest.raises(ValueError, match=message):
            load_table(csv(text), target)


def test_large_whole_numbers_that_floats_tell_apart_are_taken(csv):
    data = load_table(csv("t,b\n1700000000123456789,1\n1700000001123456789,2\n+1700000000123456789,3\n"), "b")
    assert data.inputs[:, 0].tolist() == [1700000000123456789.0, 1700000001123456789.0, 1700000000123456789.0]


def test_a_column_without_anything_in_it_is_named(csv):
    with pytest.raises(ValueError, match="column 'x' is empty; choose other columns with --features"):
        load_table(csv("x,y\n,1\n,2\n"), "y", missing="mean")


@pytest.mark.parametrize("size", [1e-200, 1e-5, 1e140])
def test_columns_of_any_size_are_scaled(size):
    columns = np.array([[1.0], [2.0], [4.0]]) * size
    scaling = Scaling.of(columns)
    np.testing.assert_allclose(scaling.apply(columns).std(axis=0), 1)
    np.testing.assert_allclose(scaling.apply(columns) * scaling.deviation + scaling.mean, columns)


def test_a_slip_among_dates_is_named_with_its_line(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("day,y\n2024-01-01,1\n2024-13-45,2\n2024-01-03,3\n")
    with pytest.raises(ValueError, match=r"line 3, column 'day' has '2024-13-45', which is no date"):
        load_table(path, "y")
