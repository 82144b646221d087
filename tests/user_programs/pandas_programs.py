"""Programs with pandas: columns of `Value`s, and formulas over columns of numbers."""

from __future__ import annotations

import io

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
