"""The data: images of handwritten digits, a part of which nobody sees before the model is in production."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["split_digits"]


def split_digits(*, seen: Path, unseen: Path) -> None:
    """Write four fifths of the images into one file, and one fifth into another.

    They are those of ``sklearn.datasets.load_digits``: 64 pixels and the digit in each row. Nothing
    is downloaded.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, digits = load_digits(return_X_y=True)
    four_fifths, one_fifth, their_digits, other_digits = train_test_split(
        images, digits, test_size=0.2, random_state=0, stratify=digits
    )
    _write(seen, four_fifths, their_digits)
    _write(unseen, one_fifth, other_digits)


def _write(path: Path, images: Any, digits: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*(f"pixel_{number}" for number in range(64)), "digit"])
        for image, digit in zip(images, digits, strict=True):
            writer.writerow([*(int(pixel) for pixel in image), int(digit)])
