"""A model is asked together with its preprocessor, in one way for every library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from modelyard.api.loading import Pipeline, Trust, load_pipeline
from modelyard.errors import UsageError
from support.artifacts import estimator, joblib_bytes, onnx_bytes, safetensors_bytes
from support.loadable import metadata_of, placed

ROWS = np.random.default_rng(1).random((4, 3))
NAMES = ("amount", "hour", "age")
RECORDS = [dict(zip(reversed(NAMES), map(float, reversed(row)), strict=True)) for row in ROWS]


def pipeline(path: Path, *files: tuple[str, bytes, str, str], **optional: Any) -> Pipeline:
    records = {name: placed(path, name, data, form, role=role)[1] for name, data, form, role in files}
    return load_pipeline(path, metadata_of(files[0][0], records, **optional), Trust())


def test_the_preprocessor_comes_first(tmp_path: Path) -> None:
    scaler, model = estimator("pipeline")
    loaded = pipeline(
        tmp_path,
        ("model.joblib", joblib_bytes(model), "joblib", "model"),
        ("scaler.joblib", joblib_bytes(scaler), "joblib", "preprocessor"),
    )
    expected = estimator("pipeline")
    assert loaded.predict(ROWS.tolist())["predict"].tolist() == expected.predict(ROWS).tolist()
    found = loaded.predict(ROWS, ["predict_proba", "decision_function"])
    assert np.allclose(found["predict_proba"], expected.predict_proba(ROWS))
    assert list(found) == ["predict_proba", "decision_function"]


def test_records_are_put_into_the_order_of_the_features(tmp_path: Path) -> None:
    data = joblib_bytes(estimator("pipeline"))
    loaded = pipeline(tmp_path, ("model.joblib", data, "joblib", "model"), feature_names=list(NAMES))
    assert (loaded.predict(RECORDS)["predict"] == estimator("pipeline").predict(ROWS)).all()


def test_what_was_fitted_on_named_columns_gets_named_columns(tmp_path: Path) -> None:
    scaler = StandardScaler().fit(pd.DataFrame(ROWS, columns=list(NAMES)))
    model = LogisticRegression().fit(scaler.transform(pd.DataFrame(ROWS, columns=list(NAMES))), [0, 1, 0, 1])
    loaded = pipeline(
        tmp_path,
        ("model.joblib", joblib_bytes(model), "joblib", "model"),
        ("scaler.joblib", joblib_bytes(scaler), "joblib", "preprocessor"),
    )
    assert loaded.predict(RECORDS)["predict"].shape == (4,)


def test_a_missing_number_and_words_beside_numbers_keep_their_types(tmp_path: Path) -> None:
    loaded = pipeline(tmp_path, ("model.joblib", joblib_bytes(estimator("columns")), "joblib", "model"))
    assert loaded.predict([["1", "a"], ["2", "b"]])["predict"].shape == (2,)
    scaler = pipeline(tmp_path, ("scaler.joblib", joblib_bytes(estimator("pipeline")[0]), "joblib", "model"))
    assert np.isnan(scaler.predict([[None, 1, 2]])["transform"][0, 0])


def test_an_onnx_model_takes_rows_or_named_arrays(tmp_path: Path) -> None:
    loaded = pipeline(tmp_path, ("model.onnx", onnx_bytes(), "onnx", "model"))
    expected = estimator("pipeline").predict(ROWS).tolist()
    (name,) = (each.name for each in loaded.model.get_inputs())
    assert loaded.predict(ROWS.tolist(), ["output_label"])["output_label"].tolist() == expected
    assert loaded.predict({name: ROWS.tolist()})["output_label"].tolist() == expected
    with pytest.raises(UsageError) as caught:
        loaded.predict({"Y": ROWS.tolist()})
    assert caught.value.message == "the model takes the inputs X, and is given Y"
    with pytest.raises(UsageError) as caught:
        loaded.predict(ROWS.tolist(), ["score"])
    assert (caught.value.message, caught.value.hint) == (
        "the model has no output 'score'",
        "its outputs are output_label, output_probability",
    )


def test_tensors_are_their_own_answer(tmp_path: Path) -> None:
    loaded = pipeline(tmp_path, ("model.safetensors", safetensors_bytes(), "safetensors", "model"))
    assert loaded.predict([], ["bias"])["bias"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([{"amount": 1.0, "hour": 2.0}], "record 0 lacks 'age'"),
        ([*RECORDS, {**RECORDS[0], "zone": 1}], "record 4 has besides the model's features 'zone'"),
    ],
)
def test_a_record_has_exactly_the_features(records: list[dict[str, float]], message: str, tmp_path: Path) -> None:
    data = joblib_bytes(estimator("pipeline"))
    loaded = pipeline(tmp_path, ("model.joblib", data, "joblib", "model"), feature_names=list(NAMES))
    with pytest.raises(UsageError) as caught:
        loaded.predict(records)
    assert (caught.value.message, caught.value.hint) == (message, "a record has amount, hour, age")


def test_no_other_method_is_called(tmp_path: Path) -> None:
    loaded = pipeline(tmp_path, ("model.joblib", joblib_bytes(estimator("pipeline")), "joblib", "model"))
    with pytest.raises(UsageError) as caught:
        loaded.predict(ROWS, ["fit"])
    assert caught.value.message == "a Pipeline has no method 'fit'"
    assert caught.value.hint == ("it can be asked by predict, predict_proba, predict_log_proba, decision_function")


def test_two_preprocessors_have_no_order(tmp_path: Path) -> None:
    scaler = joblib_bytes(estimator("pipeline")[0])
    files = [("model.joblib", scaler, "joblib", "model")]
    files += [(name, scaler, "joblib", "preprocessor") for name in ("a.joblib", "b.joblib")]
    with pytest.raises(UsageError) as caught:
        pipeline(tmp_path, *files)
    assert caught.value.message == (
        "fraud@1.0.0 has 2 files with role 'preprocessor', and which comes first nothing says"
    )


def test_a_preprocessor_transforms(tmp_path: Path) -> None:
    model = joblib_bytes(estimator("pipeline"))
    with pytest.raises(UsageError) as caught:
        pipeline(
            tmp_path,
            ("model.joblib", model, "joblib", "model"),
            ("words.json", b"[]", "json", "preprocessor"),
        )
    assert caught.value.message == ("words.json has role 'preprocessor', and what it holds has no method 'transform'")
