"""An application: it asks for the model that is in production, and uses it."""

import csv
from pathlib import Path

import modelyard

version = modelyard.Registry("models")["digit-reader@production"]
model = version.load()

with Path("unseen.csv").open(newline="", encoding="utf-8") as stream:
    _header, *lines = csv.reader(stream)
answers = model.predict([[float(pixel) for pixel in line[:-1]] for line in lines])
right = sum(int(line[-1]) == answer for line, answer in zip(lines, answers, strict=True))
print(f"{version.id} read {right} of {len(lines)} digits right: accuracy {right / len(lines):.4f}")
