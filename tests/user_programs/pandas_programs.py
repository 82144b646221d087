"""Programs with pandas: columns of `Value`s, and formulas over columns of numbers."""

from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd

from .registry import loud, right

HOUSES = pd.DataFrame(
    {"area": [0.8, 1.2, 2.0], "rooms": [2.0, 3.0, 4.0], "price": [1.0, 1.5, 2.2], "city": list("aba")}
)


def column(x):
    """A column whose entries depend on x."""
    return pd.Series([x, x * x, 1 - x])


@right()
def linear_model_over_columns(x):
    return ((x * HOUSES["area"] + 0.1 * HOUSES["rooms"] - HOUSES["price"]) ** 2).sum() / len(HOUSES)


@right()
def value_on_the_right_of_a_column(x):
    return (HOUSES["area"] * x + HOUSES["rooms"] / (1 + x)).sum()


@right()
def new_column(x):
    table = HOUSES.assign(estimate=HOUSES["area"] * x)
    return ((table["estimate"] - table["price"]) ** 2).sum()


@right()
def applied_by_row(x):
    return HOUSES.apply(lambda row: row["area"] * x + row["rooms"] * x**2, axis=1).sum()


@right()
def mapped_column(x):
    return HOUSES["area"].map(lambda area: area * x if area > 1 else x**2).sum()


@right()
def sum_of_a_column_of_values(x):
    return column(x).sum() * x


@loud()
def mean_of_a_column_of_values(x):
    return column(x).mean() * x


@right()
def elements_by_position(x):
    return column(x).iloc[0] * column(x)[1] * column(x).to_numpy()[2]


@right()
def arithmetic_of_columns(x):
    return ((column(x) + 1) ** 2 / (2 - column(x))).sum()


@right()
def filtered_rows(x):
    return (HOUSES.loc[HOUSES["rooms"] > 2, "area"] * x**2).sum()


@right()
def iterated_rows(x):
    total = 0.0
    for row in HOUSES.itertuples():
        total = total + (x * row.area - row.price) ** 2
    return total


@right()
def dot_product_of_columns(x):
    return HOUSES["area"].dot(column(x).to_numpy())


@right()
def numpys_function_of_a_column(x):
    return np.exp(HOUSES["area"] * -x).sum()


@right()
def prod_of_a_column(x):
    return (column(x) + 1).prod()


@right()
def largest_of_a_column(x):
    return column(x).max() * x


@right()
def shifted_column(x):
    values = column(x)
    return ((values - values.shift(1)) ** 2).iloc[1:].sum()


@right()
def records_of_a_table(x):
    return sum(record["area"] * x**2 for record in HOUSES.to_dict("records"))


@right()
def concatenated_columns(x):
    return pd.concat([column(x), column(x) * 2]).sum() * x


@loud()
def grouped_sums(x):
    return HOUSES.assign(value=[x, 2 * x, x * x]).groupby("city")["value"].std().iloc[0] * x


@loud()
def numeric_column(x):
    return pd.to_numeric(pd.Series([x, 2 * x]), errors="coerce")[0] * x


@loud()
def column_of_floats(x):
    return column(x).astype(float).sum() * x


@loud()
def column_made_of_floats(x):
    return pd.Series([x, 2 * x], dtype=float).sum() * x


@loud()
def standard_deviation_of_a_column(x):
    return column(x).std() * x


@loud()
def rolling_mean(x):
    return column(x).rolling(2).mean().iloc[-1] * x


@right()
def quantile_of_a_column(x):
    return column(x).quantile(0.3) * x


@loud()
def interpolated_column(x):
    return pd.Series([x, np.nan, 2 * x]).astype(float).interpolate().sum() * x


@loud()
def correlation_of_columns(x):
    return column(x).corr(HOUSES["area"]) * x


@loud()
def exponentially_weighted(x):
    return column(x).ewm(alpha=0.5).mean().iloc[-1] * x


@loud()
def value_written_into_a_column_of_floats(x):
    table = HOUSES.copy()
    table.loc[0, "area"] = x
    return table["area"].astype(float).sum() * x


@loud()
def mean_of_squared_errors(x):
    return ((x * HOUSES["area"] - HOUSES["price"]) ** 2).mean()


@loud()
def csv_text(x):
    text = pd.DataFrame({"x": [x]}).to_csv(index=False)
    return pd.read_csv(io.StringIO(text))["x"][0] * x


@loud(at=0.6137)
def rolling_sum(x):
    return pd.Series(np.array([x, x * x, 1 - x])).rolling(2).sum().iloc[-1] * x


@right(at=0.6137)
def cumulative_sum(x):
    return pd.Series(np.array([x, x * x, 1 - x])).cumsum().iloc[-1] * x


@loud(at=0.6137)
def entry_set_in_a_table(x):
    d = pd.DataFrame({"a": [0.0, 1.0]})
    d.at[0, "a"] = x * 2
    return d["a"].sum() * x


@loud(at=0.6137)
def mean_of_groups(x):
    return pd.DataFrame({"k": [1, 1, 2], "v": np.array([x, x * x, 1 - x])}).groupby("k")["v"].mean().iloc[0] * x


@right(at=0.6137)
def converted_types(x):
    return pd.Series([x * 2]).convert_dtypes().iloc[0] * x


@loud(at=0.6137)
def evaluated_column(x):
    return pd.DataFrame({"a": np.array([x, x * x, 1 - x])}).eval("a*2").sum() * x


# As others write them.


def series(x):
    return pd.Series([x, 2 * x, x * x])


@right(at=0.6137)
def sum_of_pandass(x):
    return series(x).sum() * x


@loud(at=0.6137)
def sum_float(x):
    return pd.Series([float(x), 1.0]).sum() * x


@right(at=0.6137)
def diff(x):
    return series(x).diff().dropna().sum() * x


@right(at=0.6137)
def pct(x):
    return series(x).pct_change().dropna().sum() * x


@right(at=0.6137)
def cumprod(x):
    return series(x).cumprod().iloc[-1]


@right(at=0.6137)
def cummax(x):
    return series(x).cummax().iloc[-1] * x


@right(at=0.6137)
def clip(x):
    return series(x).clip(0, 1).sum() * x


@right(at=0.6137)
def where(x):
    return series(x).where(series(x) > 0.5, 0.0).sum() * x


@right(at=0.6137)
def mask(x):
    return series(x).mask([True, False, False], x).sum() * x


@right(at=0.6137)
def fillna_obj(x):
    return pd.Series([1.0, None], dtype=object).fillna(x).sum() * x


@right(at=0.6137)
def replace(x):
    return pd.Series([1.0, 2.0]).replace(1.0, x).sum() * x


@right(at=0.6137)
def assign(x):
    return pd.DataFrame({"a": [1.0, 2.0]}).assign(b=lambda d: d.a * x).b.sum() * x


@loud(at=0.6137)
def groupby_mean(x):
    return pd.DataFrame({"g": [0, 0, 1], "v": [x, 2 * x, 1.0]}).groupby("g").v.mean().iloc[0] * x


@right(at=0.6137)
def groupby_agg(x):
    return pd.DataFrame({"g": [0, 0, 1], "v": [x, 2 * x, 1.0]}).groupby("g").v.agg(lambda s: (s * s).sum()).iloc[0] * x


@right(at=0.6137)
def pivot(x):
    return (
        pd.DataFrame({"g": [0, 0, 1], "v": [x, 2 * x, 1.0]})
        .pivot_table(index="g", values="v", aggfunc="sum")
        .iloc[0, 0]
        * x
    )


@loud(at=0.6137)
def apply_math(x):
    return series(x).apply(math.exp).sum() * x


@loud(at=0.6137)
def map_math(x):
    return series(x).map(math.sqrt).sum() * x


@right(at=0.6137)
def apply_np(x):
    return series(x).apply(np.exp).sum() * x


@right(at=0.6137)
def transform(x):
    return series(x).transform(lambda v: v * v).sum()


@loud(at=0.6137)
def round_of_pandass(x):
    return series(x).round(1).sum() * x


@loud(at=0.6137)
def describe(x):
    return series(x).astype(float).describe()["mean"] * x


@loud(at=0.6137)
def var(x):
    return series(x).var() * x


@loud(at=0.6137)
def mean(x):
    return series(x).mean() * x


@loud(at=0.6137)
def median(x):
    return series(x).median() * x


@right(at=0.6137)
def sort(x):
    return series(x).sort_values().iloc[0] * x


@right(at=0.6137)
def rank(x):
    return series(x).rank().sum() * x


@loud(at=0.6137)
def idxmax(x):
    return series(x)[series(x).astype(float).idxmax()] * x


@right(at=0.6137)
def max_of_pandass(x):
    return series(x).max() * series(x).min()


@loud(at=0.6137)
def cut(x):
    return pd.cut([float(x)], [0, 0.5, 1], labels=[1.0, 2.0])[0] * x * x


@right(at=0.6137)
def dot(x):
    return pd.DataFrame([[1.0, 2.0], [3.0, 4.0]]).dot(pd.Series([x, x * x])).sum()


@loud(at=0.6137)
def corrwith(x):
    return pd.DataFrame({"a": [1.0, 2.0, 4.0]}).corrwith(series(x))["a"] * x


@loud(at=0.6137)
def expanding(x):
    return series(x).expanding().mean().iloc[-1] * x


@loud(at=0.6137)
def ewm(x):
    return pd.Series([1.0, 2.0]).ewm(alpha=x).mean().iloc[-1] * x


@right(at=0.6137)
def resample(x):
    return pd.Series([x, 2 * x], index=pd.date_range("2020", "2020-01-02")).resample("D").sum().iloc[0] * x


@right(at=0.6137)
def to_numpy(x):
    return series(x).to_numpy().sum() * series(x).values[0]


@loud(at=0.6137)
def to_numpy_float(x):
    return series(x).to_numpy(float).sum() * x


@right(at=0.6137)
def to_dict(x):
    return series(x).to_dict()[1] * x


@loud(at=0.6137)
def json(x):
    return pd.read_json(io.StringIO(pd.Series([float(x)]).to_json()), typ="series")[0] * x


@loud(at=0.6137)
def interp(x):
    return pd.Series([x, None, 1.0], dtype=float).interpolate().sum() * x


@right(at=0.6137)
def convert(x):
    return series(x).infer_objects().sum() * x


@right(at=0.6137)
def convert_dtypes(x):
    return series(x).convert_dtypes().sum() * x


@right(at=0.6137)
def stack(x):
    return pd.DataFrame({"a": [x], "b": [2 * x]}).stack().sum() * x


@right(at=0.6137)
def series_pow(x):
    return (pd.Series([1.0, 2.0]) ** x).sum() * x


@right(at=0.6137)
def series_add_fill(x):
    return series(x).add(pd.Series([1.0]), fill_value=0).sum() * x


@right(at=0.6137)
def index(x):
    return pd.Index([x, 2 * x]).sum() * x if hasattr(pd.Index, "sum") else x
