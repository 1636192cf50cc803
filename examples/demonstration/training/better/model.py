"""The model that is trained: support vectors, which see how pixels go together."""

from sklearn.svm import SVC


def build() -> SVC:
    """Return the model before its training."""
    return SVC()
